import { AcceptedHits } from './accepted-hits.js';

/** While there is no limit so many of the latest hits are remembered, for a limit that comes later: 80 kB a window. */
export const REMEMBERED_WITHOUT_LIMIT = 10_000;

/**
 * The exact sliding window of one key: remembers when hits were accepted, and compares with the limit and the window of
 * the moment. The n-th latest hit decides, so a hit costs the same whatever the limit, and a refused one changes nothing.
 */
export class SlidingWindow {
  private readonly accepted = new AcceptedHits();
  /** The longest window that was asked about, milliseconds. */
  private longest = 0;
  /** The most hits that any limit so far has let through. */
  private most = 0;

  /**
   * @param now monotonic milliseconds
   * @param limit hits a window holds now; of a fraction the whole ones, and none of what is no number
   * @param ttl length of a window, milliseconds
   * @param cost hits to count, all of them or none; more than the limit counts as the limit
   * @returns 0 when the hit is accepted, otherwise the milliseconds until one will be
   */
  hit(now: number, limit: number, ttl: number, cost = 1): number {
    if (ttl > this.longest) this.longest = ttl;
    if (!(limit >= 1)) return Math.max(1, ttl);
    const whole = Math.floor(limit);
    const count = Math.min(cost, whole);
    // With this one accepted, that hit and all before it have to have left the window.
    const free = whole === Infinity ? now : this.accepted.latest(whole - count + 1) + ttl;
    if (now < free) return free - now;
    const kept = whole === Infinity ? REMEMBERED_WITHOUT_LIMIT : whole;
    if (kept > this.most) this.most = kept;
    for (let i = Math.min(count, this.most); i > 0; i--) this.remember(now);
    return 0;
  }

  /** Monotonic milliseconds from which on this window no longer remembers anything that counts. */
  get idleAt(): number {
    return this.accepted.latest(1) + this.longest;
  }

  /** How many accepted hits are remembered. */
  get size(): number {
    return this.accepted.size;
  }

  private remember(now: number): void {
    const { accepted } = this;
    // Two for each that comes, so that what has left the window is soon gone without a hit that has to wait for it.
    if (this.isForgettable(now)) {
      accepted.shift();
      if (this.isForgettable(now)) accepted.shift();
    }
    accepted.push(now);
  }

  private isForgettable(now: number): boolean {
    return this.accepted.oldest + this.longest <= now || this.accepted.size >= this.most;
  }
}
