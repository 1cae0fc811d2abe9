/** A token bucket, with a rate per second and a capacity for bursts. */
export class TokenBucket {
  private tokens: number;

  /**
   * @param rate tokens per second
   * @param capacity the maximum number of tokens, which is also the initial one
   * @param filledAt monotonic milliseconds
   */
  constructor(
    private readonly rate: number,
    private readonly capacity: number,
    private filledAt: number,
  ) {
    this.tokens = capacity;
  }

  /** Whether there are enough tokens. Takes none. */
  has(count: number, now: number): boolean {
    if (this.tokens < this.capacity) {
      this.tokens = Math.min(this.capacity, this.tokens + ((now - this.filledAt) * this.rate) / 1000);
    }
    this.filledAt = now;
    return this.tokens >= count;
  }

  /** Takes tokens. Call `has` first. */
  take(count: number): void {
    this.tokens -= count;
  }

  /** Milliseconds until there are enough tokens, if none are taken in the meantime. */
  waitFor(count: number): number {
    return Math.max(0, Math.ceil(((count - this.tokens) * 1000) / this.rate));
  }
}
