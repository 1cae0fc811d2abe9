import type { Clock } from '../../time/clock.js';

/** A pause that can be ended early. */
export class Nap {
  private wakeUp: (() => void) | undefined;

  constructor(private readonly clock: Clock) {}

  /** Resolves after so many milliseconds, or when it is woken. */
  rest(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const stop = this.clock.every(Math.max(1, Math.ceil(ms)), () => this.wake());
      this.wakeUp = () => {
        stop();
        this.wakeUp = undefined;
        resolve();
      };
    });
  }

  wake(): void {
    this.wakeUp?.();
  }
}
