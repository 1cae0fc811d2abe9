import type { Clock } from './clock.js';

/** A clock that is slewed gets ahead by less in minutes, so that little is looked at in vain. */
const AHEAD_MS = 250;

/**
 * Tells whether the wall clock has got ahead of the monotonic one, by which timers run: the machine was suspended, or
 * somebody set the clock.
 */
export class ClockJumps {
  private offset: number;

  constructor(private readonly clock: Clock) {
    this.offset = this.read();
  }

  /** Whether it has got ahead since this was last true. */
  happened(): boolean {
    const offset = this.read();
    const isAhead = offset - this.offset >= AHEAD_MS;
    // Who waits by a clock that was set back looks again when the time has come.
    if (isAhead || offset < this.offset) this.offset = offset;
    return isAhead;
  }

  private read(): number {
    return this.clock.now() - this.clock.monotonic();
  }
}
