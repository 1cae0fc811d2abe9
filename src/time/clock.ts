import { Injectable } from '@nestjs/common';

/**
 * Time as a dependency, so that every deadline can be shown without waiting for it.
 *
 * @publicApi
 */
export abstract class Clock {
  /** Wall clock, epoch milliseconds: what `exp` is compared with. */
  abstract now(): number;
  /** Milliseconds that never run backwards: what windows and deadlines are measured with. */
  abstract monotonic(): number;
  /** Calls `tick` every `ms` until the returned function is called; does not keep the process alive. */
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
