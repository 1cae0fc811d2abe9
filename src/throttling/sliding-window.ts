/**
 * The exact sliding window: remembers when the last `limit` hits were accepted, in a ring. The oldest of them
 * decides, so a hit costs the same whatever the limit, and a refused hit changes nothing.
 */
export class SlidingWindow {
  private readonly accepted: number[] = [];
  private oldest = 0;

  constructor(
    readonly limit: number,
    readonly ttl: number,
  ) {}

  /**
   * @param now monotonic milliseconds
   * @returns 0 when the hit is accepted, otherwise the milliseconds until one will be
   */
  hit(now: number): number {
    if (this.accepted.length < this.limit) {
      this.accepted.push(now);
      return 0;
    }
    const free = (this.accepted[this.oldest] as number) + this.ttl;
    if (now < free) return free - now;
    this.accepted[this.oldest] = now;
    this.oldest = (this.oldest + 1) % this.limit;
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
}
