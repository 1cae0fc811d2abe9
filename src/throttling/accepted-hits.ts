const LEAST_CAPACITY = 4;

/**
 * A ring of the times of accepted hits. It grows and shrinks with the number of hits, so memory does not depend on
 * the highest limit.
 */
export class AcceptedHits {
  private times = new Float64Array(LEAST_CAPACITY);
  /** The capacity is a power of two, so that a mask wraps an index. */
  private mask = LEAST_CAPACITY - 1;
  private first = 0;
  private length = 0;

  get size(): number {
    return this.length;
  }

  /** The number of times that fit without resizing. */
  get capacity(): number {
    return this.times.length;
  }

  /** The time of the n-th latest hit, counted from 1; `-Infinity` if it is not known. */
  latest(n: number): number {
    const { length } = this;
    return n > length ? -Infinity : (this.times[(this.first + length - n) & this.mask] as number);
  }

  /** The time of the oldest hit; `Infinity` if there is none. */
  get oldest(): number {
    return this.length === 0 ? Infinity : (this.times[this.first] as number);
  }

  push(now: number): void {
    if (this.length > this.mask) this.resize(this.length * 2);
    this.times[(this.first + this.length++) & this.mask] = now;
  }

  /** Removes the oldest hit. */
  shift(): void {
    this.first = (this.first + 1) & this.mask;
    this.length--;
    // Shrinks at a quarter instead of a half, so that hits are not copied again and again.
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
