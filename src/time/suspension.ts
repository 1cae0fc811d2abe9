import type { Clock } from './clock.js';

/** As far as the two clocks of this process may move against each other, in milliseconds. */
const STEP_MS = 500;

/**
 * Notices that the machine was suspended, or its wall clock set: the monotonic clock stands still meanwhile, so nothing
 * that was dated by it holds any more.
 */
export class Suspension {
  private difference: number;

  constructor(private readonly clock: Clock) {
    this.difference = clock.now() - clock.monotonic();
  }

  /** Whether it happened since the last call. @param monotonic the time, if it was read already */
  happened(monotonic = this.clock.monotonic()): boolean {
    const difference = this.clock.now() - monotonic;
    if (Math.abs(difference - this.difference) < STEP_MS) return false;
    this.difference = difference;
    return true;
  }
}
