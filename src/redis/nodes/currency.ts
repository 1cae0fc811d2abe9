import type { Clock } from '../../time/clock.js';
import { Suspension } from '../../time/suspension.js';

/**
 * Whether what this node knows of revocations, bans and rights may be believed. It counts when news were asked for, not
 * when they came: an answer may have waited for long.
 */
export class Currency {
  private readAt = -Infinity;
  private beatAt = -Infinity;
  /** Nothing that was asked for before counts. */
  private since = -Infinity;
  private readonly suspension: Suspension;

  /** @param staleMs how long what was heard stays current */
  constructor(
    private readonly clock: Clock,
    private readonly staleMs: number,
  ) {
    this.suspension = new Suspension(clock);
  }

  /** A read of the stream of changes was answered. @param sentAt when it was sent, monotonic */
  heardRead(sentAt: number): void {
    this.readAt = Math.max(this.readAt, sentAt);
  }

  /** A beat was acknowledged. @param sentAt when it was sent, monotonic */
  heardBeat(sentAt: number): void {
    this.beatAt = Math.max(this.beatAt, sentAt);
  }

  isCurrent(): boolean {
    const now = this.clock.monotonic();
    if (this.suspension.happened()) this.since = now;
    return Math.min(this.readAt, this.beatAt) >= Math.max(this.since, now - this.staleMs);
  }
}
