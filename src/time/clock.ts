import { Injectable } from '@nestjs/common';

/**
 * The clock as a dependency, so that tests can check deadlines without waiting.
 *
 * @publicApi
 */
export abstract class Clock {
  /** The wall clock in epoch milliseconds, for example to compare with `exp`. */
  abstract now(): number;
  /** Monotonic milliseconds, for windows and deadlines. */
  abstract monotonic(): number;
  /** Calls `tick` every `ms` milliseconds until the returned function is called. Does not keep the process alive. */
  abstract every(ms: number, tick: () => void): () => void;
}

@Injectable()
export class SystemClock extends Clock {
  now(): number {
    return Date.now();
  }

  monotonic(): number {
    return performance.now();
  }

  every(ms: number, tick: () => void): () => void {
    const timer = setInterval(tick, ms).unref();
    return () => clearInterval(timer);
  }
}
