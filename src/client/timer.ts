/** `setTimeout` fires at once if the delay is longer. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** One deadline at a time. Starting it again cancels the previous one. */
export class Timer {
  #handle: ReturnType<typeof setTimeout> | undefined;

  /** Returns the delay, which is at most `LONGEST_DELAY_MS`. */
  start(givenMs: number, run: () => void): number {
    const delayMs = Math.min(givenMs, LONGEST_DELAY_MS);
    this.stop();
    this.#handle = setTimeout(run, delayMs);
    return delayMs;
  }

  stop(): void {
    clearTimeout(this.#handle);
  }
}
