/** Budget that was lent to this node. */
export class Grant {
  spent = 0;
  /** Monotonic milliseconds of the last hit that was counted in it. */
  lastHit = -Infinity;
  /** The next one in a list of {@link LentBudget}. */
  next: Grant | undefined;

  /**
   * @param call the number of the call that it came with
   * @param limit the limit that it was lent under
   * @param endsAt monotonic milliseconds from which on nothing may be spent; earlier than Redis believes
   */
  constructor(
    readonly call: number,
    readonly amount: number,
    readonly limit: number,
    readonly endsAt: number,
  ) {}

  get rest(): number {
    return this.amount - this.spent;
  }

  spend(cost: number, now: number): void {
    this.spent += cost;
    this.lastHit = now;
  }
}
