/** `setTimeout` fires at once if the delay is longer. */
export const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** One deadline at a time. Starting it again cancels the previous one. */
export class Timer {
  #handle: ReturnType<typeof setTimeout> | undefined;

  start(delayMs: number, run: () => void): void {
    this.stop();
    this.#handle = setTimeout(run, Math.min(delayMs, LONGEST_DELAY_MS));
  }

  stop(): void {
    clearTimeout(this.#handle);
  }
}
