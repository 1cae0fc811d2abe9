import type { Grant } from './grant.js';

/** What was lent to this node for a window, and what Redis has still to hear of it. */
export class LentBudget {
  private open: Grant[] = [];
  private ended: Grant[] = [];
  private lastEndsAt = -Infinity;

  /** @param ttl milliseconds */
  constructor(private readonly ttl: number) {}

  add(grant: Grant): void {
    this.open.push(grant);
    this.lastEndsAt = Math.max(this.lastEndsAt, grant.endsAt);
  }

  /** What may be spent now; grants that have ended, or were lent under a higher limit, are given back. */
  room(now: number, limit: number): number {
    let room = 0;
    let hasEnded = false;
    for (const grant of this.open) {
      if (grant.endsAt <= now || grant.limit > limit) hasEnded = true;
      else room += grant.rest;
    }
    if (hasEnded) this.endWhere((grant) => grant.endsAt <= now || grant.limit > limit);
    return room;
  }

  /** Spends what there is room for. */
  spend(now: number, cost: number): void {
    let left = cost;
    let isSpent = false;
    for (const grant of this.open) {
      const part = Math.min(left, grant.rest);
      if (part > 0) grant.spend(part, now);
      left -= part;
      isSpent ||= grant.rest === 0;
      if (left === 0) break;
    }
    if (isSpent) this.endWhere((grant) => grant.rest === 0);
  }

  /** What this node will not have spent of what still counts in Redis, if nothing more is spent. Changes nothing. */
  unspent(now: number): number {
    let unspent = 0;
    for (const grants of [this.open, this.ended])
      for (const { endsAt, rest } of grants) if (endsAt + this.ttl > now) unspent += rest;
    return unspent;
  }

  /** Takes what has ended since the last report, and still counts in Redis. */
  report(now: number): readonly Grant[] {
    const { ended } = this;
    this.ended = [];
    return ended.filter(({ endsAt }) => endsAt + this.ttl > now);
  }

  /** A report did not reach Redis. */
  takeBack(ended: readonly Grant[]): void {
    this.ended.push(...ended);
  }

  endAll(): void {
    this.endWhere(() => true);
  }

  forget(): void {
    this.open = [];
    this.ended = [];
  }

  /** Whether nothing that was lent counts any more. */
  isIdle(now: number): boolean {
    return this.lastEndsAt + this.ttl <= now;
  }

  private endWhere(isOver: (grant: Grant) => boolean): void {
    const open: Grant[] = [];
    for (const grant of this.open) (isOver(grant) ? this.ended : open).push(grant);
    this.open = open;
  }
}
