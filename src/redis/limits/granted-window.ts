import type { Partition } from '../link/redis-port.js';
import { Demand } from './demand.js';
import { Grant } from './grant.js';
import { LIVES_PER_WINDOW, LONGEST_LIFE } from './grant.script.js';
import { LentBudget } from './lent-budget.js';
import { MOST_WAITING, type Waiter } from './waiter.js';

/** With this part of a grant left, the window joins a call that is made anyway. */
const LOW = 0.3;

/** What a node asks for a window, and reports of it. */
export interface GrantRequest {
  readonly limit: number;
  readonly want: number;
  readonly need: number;
  readonly ended: readonly Grant[];
}

/** A window on this node: what was lent to it, who waits, and until when everybody is refused. */
export class GrantedWindow {
  /** Monotonic milliseconds. */
  blockedUntil = -Infinity;
  /** Hits that lack so much or more, under this limit or a lower one, are refused. */
  private blockedNeed = 0;
  private blockedLimit = 0;
  private waiting: Waiter[] = [];
  private readonly budget: LentBudget;
  private readonly demand: Demand;
  /** How long the last grant lived. */
  private life: number;
  private isNew = true;
  /** The limit of the last hit. */
  private limit = 0;
  /** Little is left when no more than this is, or from this moment on. */
  private lowRoom = -1;
  private lowAt = Infinity;

  /** @param ttl milliseconds */
  constructor(
    readonly key: string,
    readonly partition: Partition,
    readonly ttl: number,
    now: number,
  ) {
    const life = Math.floor(ttl / LIVES_PER_WINDOW);
    this.budget = new LentBudget(ttl);
    this.demand = new Demand(now, life);
    this.life = life * LONGEST_LIFE;
  }

  /**
   * Counts a hit if it can be decided here.
   *
   * @returns 0 when it is accepted, milliseconds to wait when it is refused, nothing when it has to wait for a call
   */
  hit(now: number, limit: number, cost: number): number | undefined {
    this.demand.add(cost);
    this.limit = limit;
    return this.decide(now, limit, cost);
  }

  /** @returns false when too many wait already */
  enqueue(waiter: Waiter): boolean {
    if (this.waiting.length >= MOST_WAITING) return false;
    // Seldom more than one waits, and a list that grows has room for many.
    if (this.waiting.length === 0) this.waiting = [waiter];
    else this.waiting.push(waiter);
    return true;
  }

  get waiters(): number {
    return this.waiting.length;
  }

  /** Whether more will soon be needed. */
  isLow(now: number): boolean {
    return now >= this.lowAt || (this.lowRoom >= 0 && this.budget.room(now, this.limit) <= this.lowRoom);
  }

  /** What to ask for. */
  request(now: number): GrantRequest {
    const { limit, cost } = this.waiting[0] ?? { limit: this.limit, cost: 0 };
    const room = this.budget.room(now, limit);
    let lacking = -room;
    for (const waiter of this.waiting) if (waiter.limit === limit) lacking += waiter.cost;
    lacking = Math.max(1, lacking);
    const expected = this.isNew ? limit / 20 : this.demand.measure(now) * this.life * 1.2;
    const most = Math.floor(limit / 10) + lacking;
    const want = Math.min(most, Math.max(lacking, Math.ceil(expected)));
    this.lowRoom = -1;
    this.lowAt = Infinity;
    return { limit, want, need: Math.max(1, cost - room), ended: this.budget.report(now) };
  }

  /** As {@link LentBudget.unspent}. */
  unspent(now: number): number {
    return this.budget.unspent(now);
  }

  /** Ends all grants, and returns what Redis has not heard of. */
  endAll(now: number): readonly Grant[] {
    this.budget.endAll();
    return this.budget.report(now);
  }

  /**
   * A call was answered.
   *
   * @param lent budget, or 0
   * @param lifeOrWait milliseconds that the grant lives from `sentAt` on, or until there may be one
   */
  onAnswer(
    { limit, need }: GrantRequest,
    call: number,
    sentAt: number,
    now: number,
    lent: number,
    lifeOrWait: number,
  ): void {
    this.isNew = false;
    if (lent > 0) {
      this.life = lifeOrWait;
      this.budget.add(new Grant(call, lent, limit, sentAt + lifeOrWait, this.ttl));
      this.lowRoom = Math.floor(lent * LOW);
      this.lowAt = sentAt + lifeOrWait * (1 - LOW);
    } else {
      this.blockedUntil = sentAt + lifeOrWait;
      this.blockedNeed = need;
      this.blockedLimit = limit;
    }
    this.serve(now);
  }

  /** A call did not run: what it was to report is still to be reported. */
  takeBack({ ended }: GrantRequest): void {
    this.budget.takeBack(ended);
  }

  /** Nobody waits any more. */
  giveUp(): void {
    const { waiting } = this;
    this.waiting = [];
    for (const waiter of waiting) waiter.giveUp();
  }

  /** The machine was suspended: times of before mean nothing. */
  forget(): void {
    this.budget.forget();
    this.blockedUntil = -Infinity;
  }

  /** Whether nothing here counts any more, for this node or another one. */
  isIdle(now: number): boolean {
    if (this.waiting.length > 0 || this.blockedUntil > now) return false;
    return this.budget.isIdle(now);
  }

  private decide(now: number, limit: number, cost: number): number | undefined {
    const room = this.budget.room(now, limit);
    if (room >= cost) {
      this.budget.spend(now, cost);
      return 0;
    }
    const isBlocked =
      now < this.blockedUntil && limit <= this.blockedLimit && cost - room >= this.blockedNeed;
    return isBlocked ? this.blockedUntil - now : undefined;
  }

  private serve(now: number): void {
    const { waiting } = this;
    if (waiting.length === 0) return;
    this.waiting = [];
    for (const waiter of waiting) {
      const wait = this.decide(now, waiter.limit, waiter.cost);
      if (wait === undefined) this.waiting.push(waiter);
      else waiter.settle(wait);
    }
  }
}
