/** Counts values in buckets. It allocates nothing after it was made, because it is called for each message. */
export class Histogram {
  /** The number of values per bucket: one per bound, and one for the values above the last bound. */
  readonly counts: Float64Array;
  sum = 0;

  /** @param bounds the largest value of each bucket, ascending */
  constructor(readonly bounds: readonly number[]) {
    this.counts = new Float64Array(bounds.length + 1);
  }

  /** @param times how often the value occurred */
  observe(value: number, times = 1): void {
    const { bounds } = this;
    let at = 0;
    while (at < bounds.length && value > (bounds[at] as number)) at++;
    this.counts[at] = (this.counts[at] as number) + times;
    this.sum += value * times;
  }

  /** The number of all values. */
  get count(): number {
    return this.counts.reduce((sum, count) => sum + count, 0);
  }
}
