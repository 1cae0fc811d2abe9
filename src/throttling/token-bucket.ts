/** Lets so much through a second, and as much at once as it holds. */
export class TokenBucket {
  private tokens: number;

  /**
   * @param rate tokens a second
   * @param capacity tokens it holds, and has at the beginning
   * @param filledAt monotonic milliseconds
   */
  constructor(
    private readonly rate: number,
    private readonly capacity: number,
    private filledAt: number,
  ) {
    this.tokens = capacity;
  }

  /** Whether there are so many tokens; nothing is taken. */
  has(count: number, now: number): boolean {
    if (this.tokens < this.capacity) {
      this.tokens = Math.min(this.capacity, this.tokens + ((now - this.filledAt) * this.rate) / 1000);
    }
    this.filledAt = now;
    return this.tokens >= count;
  }

  /** Takes what `has` has found. */
  take(count: number): void {
    this.tokens -= count;
  }

  /** Milliseconds until there are so many tokens, if nobody takes any. */
  waitFor(count: number): number {
    return Math.max(0, Math.ceil(((count - this.tokens) * 1000) / this.rate));
  }
}
