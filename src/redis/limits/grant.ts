/** Hits are dated together for this part of a window: by the last one of them. */
const PARTS_PER_WINDOW = 40;

/** Budget that was lent to this node. */
export class Grant {
  spent = 0;
  /** Monotonic milliseconds of the last hit that was counted in it. */
  lastHit = -Infinity;
  /** The next one in a list of {@link LentBudget}. */
  next: Grant | undefined;
  /** What was spent in parts before the running one, and when last: an amount and a time for each. */
  private earlier: number[] | undefined;
  private spentEarlier = 0;
  private partEndsAt = Infinity;

  /**
   * @param call the number of the call that it came with
   * @param limit the limit that it was lent under
   * @param endsAt monotonic milliseconds from which on nothing may be spent; earlier than Redis believes
   * @param ttl the window in milliseconds
   */
  constructor(
    readonly call: number,
    readonly amount: number,
    readonly limit: number,
    readonly endsAt: number,
    private readonly ttl: number,
  ) {}

  get rest(): number {
    return this.amount - this.spent;
  }

  spend(cost: number, now: number): void {
    if (this.spent === 0) this.partEndsAt = now + this.ttl / PARTS_PER_WINDOW;
    else if (now >= this.partEndsAt) this.beginPart(now);
    this.spent += cost;
    this.lastHit = now;
  }

  /**
   * Appends what was spent, which leaves the window earlier than what was lent: the number of parts, and for each its
   * amount and the time of its last hit.
   *
   * @param offset what is added to monotonic times
   */
  reportTo(list: number[], offset: number): void {
    const { earlier } = this;
    list.push(this.spent === 0 ? 0 : 1 + (earlier?.length ?? 0) / 2);
    if (this.spent === 0) return;
    for (let i = 0; earlier && i < earlier.length; i += 2)
      list.push(earlier[i] as number, Math.ceil((earlier[i + 1] as number) + offset));
    list.push(this.spent - this.spentEarlier, Math.ceil(this.lastHit + offset));
  }

  private beginPart(now: number): void {
    (this.earlier ??= []).push(this.spent - this.spentEarlier, this.lastHit);
    this.spentEarlier = this.spent;
    this.partEndsAt = now + this.ttl / PARTS_PER_WINDOW;
  }
}
