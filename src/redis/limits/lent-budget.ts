import type { Grant } from './grant.js';

/**
 * What was lent to this node for a window, and what Redis has still to hear of it. Grants are linked, because they are
 * replaced often: arrays that live as long as they do would cost more to collect than all the rest.
 */
export class LentBudget {
  private open: Grant | undefined;
  private ended: Grant | undefined;
  private lastEndsAt = -Infinity;

  /** @param ttl milliseconds */
  constructor(private readonly ttl: number) {}

  /** Adds a grant, which is spent after those before it. */
  add(grant: Grant): void {
    let last = this.open;
    while (last?.next) last = last.next;
    if (last) last.next = grant;
    else this.open = grant;
    this.lastEndsAt = Math.max(this.lastEndsAt, grant.endsAt);
  }

  /** What may be spent now; grants that have ended, or were lent under a higher limit, are given back. */
  room(now: number, limit: number): number {
    let room = 0;
    let hasEnded = false;
    for (let grant = this.open; grant; grant = grant.next) {
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
    for (let grant = this.open; grant && left > 0; grant = grant.next) {
      const part = Math.min(left, grant.rest);
      if (part > 0) grant.spend(part, now);
      left -= part;
      isSpent ||= grant.rest === 0;
    }
    if (isSpent) this.endWhere((grant) => grant.rest === 0);
  }

  /** What this node will not have spent of what still counts in Redis, if nothing more is spent. Changes nothing. */
  unspent(now: number): number {
    let unspent = 0;
    for (const first of [this.open, this.ended])
      for (let grant = first; grant; grant = grant.next)
        if (grant.endsAt + this.ttl > now) unspent += grant.rest;
    return unspent;
  }

  /** Takes what has ended since the last report, and still counts in Redis. */
  report(now: number): readonly Grant[] {
    if (!this.ended) return NOTHING;
    const reported: Grant[] = [];
    for (let grant: Grant | undefined = this.ended; grant; grant = grant.next)
      if (grant.endsAt + this.ttl > now) reported.push(grant);
    this.ended = undefined;
    return reported;
  }

  /** A report did not reach Redis. */
  takeBack(ended: readonly Grant[]): void {
    for (const grant of ended) this.end(grant);
  }

  endAll(): void {
    this.endWhere(() => true);
  }

  forget(): void {
    this.open = undefined;
    this.ended = undefined;
  }

  /** Whether nothing that was lent counts any more. */
  isIdle(now: number): boolean {
    return this.lastEndsAt + this.ttl <= now;
  }

  private endWhere(isOver: (grant: Grant) => boolean): void {
    let before: Grant | undefined;
    for (let grant = this.open; grant;) {
      const { next }: Grant = grant;
      if (!isOver(grant)) before = grant;
      else {
        if (before) before.next = next;
        else this.open = next;
        this.end(grant);
      }
      grant = next;
    }
  }

  private end(grant: Grant): void {
    grant.next = this.ended;
    this.ended = grant;
  }
}

const NOTHING: readonly Grant[] = [];
