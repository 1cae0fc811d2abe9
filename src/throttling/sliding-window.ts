import { AcceptedHits } from './accepted-hits.js';
import type { BudgetState } from './ws-throttler-storage.interface.js';

/** Without a limit, this many of the latest hits are kept, in case a limit is set later: 80 kB per window. */
export const REMEMBERED_WITHOUT_LIMIT = 10_000;

/**
 * An exact sliding window for one key. It keeps the times of accepted hits and compares them with the current limit.
 * The n-th latest hit decides, so a hit takes constant time whatever the limit is, and a refused hit changes nothing.
 */
export class SlidingWindow {
  private readonly accepted = new AcceptedHits();
  /** The longest window so far, in milliseconds. */
  private longest = 0;
  /** The highest limit so far. */
  private most = 0;

  /**
   * @param now monotonic milliseconds
   * @param limit the current hits per window, rounded down; 0 if it is not a number
   * @param ttl the length of the window in milliseconds
   * @param cost hits to count, either all or none; a cost above the limit counts as the limit
   * @returns 0 if the hit is accepted, otherwise the milliseconds until one can be accepted
   */
  hit(now: number, limit: number, ttl: number, cost = 1): number {
    if (ttl > this.longest) this.longest = ttl;
    if (!(limit >= 1)) return Math.max(1, ttl);
    const whole = Math.floor(limit);
    const count = Math.min(cost, whole);
    // The hit is accepted once this earlier hit has left the window.
    const free = whole === Infinity ? now : this.accepted.latest(whole - count + 1) + ttl;
    if (now < free) return free - now;
    const kept = whole === Infinity ? REMEMBERED_WITHOUT_LIMIT : whole;
    if (kept > this.most) this.most = kept;
    for (let i = Math.min(count, this.most); i > 0; i--) this.remember(now);
    return 0;
  }

  /**
   * What is left, without a hit.
   *
   * @returns the hits that would be accepted now, and the milliseconds until one is
   */
  peek(now: number, limit: number, ttl: number): BudgetState {
    if (!(limit >= 1)) return { remaining: 0, retryAfterMs: Math.max(1, ttl) };
    const whole = Math.floor(limit);
    if (whole === Infinity) return { remaining: Infinity, retryAfterMs: 0 };
    const remaining = Math.max(0, whole - this.countSince(now - ttl));
    const free = this.accepted.latest(whole) + ttl;
    return { remaining, retryAfterMs: remaining > 0 ? 0 : Math.max(1, free - now) };
  }

  /** Monotonic milliseconds from which this window has no effect any more. */
  get idleAt(): number {
    return this.accepted.latest(1) + this.longest;
  }

  /** The number of remembered hits. */
  get size(): number {
    return this.accepted.size;
  }

  /** The number of hits later than a time, by bisection. */
  private countSince(time: number): number {
    let [counted, not] = [0, this.accepted.size + 1];
    while (not - counted > 1) {
      const middle = (counted + not) >> 1;
      if (this.accepted.latest(middle) > time) counted = middle;
      else not = middle;
    }
    return counted;
  }

  private remember(now: number): void {
    const { accepted } = this;
    // Two per new hit, so that expired hits are removed soon, without one hit that removes all of them.
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
