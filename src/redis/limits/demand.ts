/** How much is asked of a window a millisecond, refused hits included. */
export class Demand {
  rate = 0;
  private asked = 0;
  private since: number;

  /** @param horizon milliseconds after which half of the rate is new */
  constructor(
    now: number,
    private readonly horizon: number,
  ) {
    this.since = now;
  }

  add(cost: number): void {
    this.asked += cost;
  }

  /** The rate, with what was asked since the last time. */
  measure(now: number): number {
    const elapsed = now - this.since;
    if (elapsed > 0) {
      this.rate += (this.asked / elapsed - this.rate) * (elapsed / (elapsed + this.horizon));
      this.asked = 0;
      this.since = now;
    }
    return this.rate;
  }
}
