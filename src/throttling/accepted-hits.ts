const LEAST_CAPACITY = 4;

/**
 * When hits were accepted, in a ring. It takes as much memory as it holds times, and gives it back: who lowers or
 * raises a limit, or sends little, does not pay for the highest limit.
 */
export class AcceptedHits {
  private times = new Float64Array(LEAST_CAPACITY);
  /** The capacity is a power of two, so that an index wraps by a mask. */
  private mask = LEAST_CAPACITY - 1;
  private first = 0;
  private length = 0;

  get size(): number {
    return this.length;
  }

  /** How many it has memory for. */
  get capacity(): number {
    return this.times.length;
  }

  /** When the n-th latest was accepted, the very latest being the first; long ago when so many are not remembered. */
  latest(n: number): number {
    const { length } = this;
    return n > length ? -Infinity : (this.times[(this.first + length - n) & this.mask] as number);
  }

  /** When the oldest was accepted; never when there is none. */
  get oldest(): number {
    return this.length === 0 ? Infinity : (this.times[this.first] as number);
  }

  push(now: number): void {
    if (this.length > this.mask) this.resize(this.length * 2);
    this.times[(this.first + this.length++) & this.mask] = now;
  }

  /** Forgets the oldest. */
  shift(): void {
    this.first = (this.first + 1) & this.mask;
    this.length--;
    // Not as soon as it is half empty, so that it is not copied again and again.
    if (this.capacity > LEAST_CAPACITY && this.length <= this.capacity / 4) this.resize(this.capacity / 2);
  }

  private resize(capacity: number): void {
    const times = new Float64Array(capacity);
    for (let i = 0; i < this.length; i++) times[i] = this.times[(this.first + i) & this.mask] as number;
    this.times = times;
    this.mask = capacity - 1;
    this.first = 0;
  }
}
