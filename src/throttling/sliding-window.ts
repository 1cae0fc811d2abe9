/**
 * The exact sliding window: remembers when the last `limit` hits were accepted, in a ring. The oldest of them
 * decides, so a hit costs the same whatever the limit, and a refused hit changes nothing.
 */
export class SlidingWindow {
  private readonly accepted: number[] = [];
  private oldest = 0;

  readonly limit: number;

  /**
   * @param limit hits a window holds; of a fraction the whole ones, and none of what is no number
   * @param ttl milliseconds
   */
  constructor(
    limit: number,
    readonly ttl: number,
  ) {
    this.limit = limit >= 1 ? Math.floor(limit) : 0;
  }

  /**
   * @param now monotonic milliseconds
   * @param cost hits to count, all of them or none; more than the limit counts as the limit
   * @returns 0 when the hit is accepted, otherwise the milliseconds until one will be
   */
  hit(now: number, cost = 1): number {
    if (this.limit === 0) return Math.max(1, this.ttl);
    // Nothing that is remembered would ever count.
    if (this.limit === Infinity) return 0;
    const count = Math.min(cost, this.limit);
    const crowded = this.accepted.length + count - this.limit;
    if (crowded > 0) {
      // So many of the oldest have to have left the window.
      const last = this.accepted[(this.oldest + crowded - 1) % this.accepted.length] as number;
      const free = last + this.ttl;
      if (now < free) return free - now;
    }
    for (let i = 0; i < count; i++) this.remember(now);
    return 0;
  }

  /** Monotonic milliseconds from which on this window no longer remembers anything that counts. */
  get idleAt(): number {
    return (this.accepted.at(this.oldest - 1) ?? -Infinity) + this.ttl;
  }

  /** How many accepted hits are remembered, at most `limit`. */
  get size(): number {
    return this.accepted.length;
  }

  private remember(now: number): void {
    if (this.accepted.length < this.limit) {
      this.accepted.push(now);
      return;
    }
    this.accepted[this.oldest] = now;
    this.oldest = (this.oldest + 1) % this.limit;
  }
}
