import type { Partition } from '../link/redis-port.js';
import { MOST_WAITING, type Waiter } from './waiter.js';

/** Calls that are under way for one window, at most. */
const MOST_CALLS = 32;

/** A window on this node of which each hit is counted in Redis: who waits, and until when everybody is refused. */
export class ExactWindow {
  private blockedUntil = -Infinity;
  /** Hits of this cost and more, under this limit or a lower one, are refused. */
  private blockedCost = 0;
  private blockedLimit = 0;
  private calls = 0;
  private waiting: Waiter[] = [];

  /** @param ttl milliseconds */
  constructor(
    readonly key: string,
    readonly blockKey: string,
    readonly partition: Partition,
    readonly ttl: number,
  ) {}

  /** @returns milliseconds to wait when a hit is known to be refused */
  refusal(now: number, limit: number, cost: number): number | undefined {
    const isRefused = now < this.blockedUntil && limit <= this.blockedLimit && cost >= this.blockedCost;
    return isRefused ? this.blockedUntil - now : undefined;
  }

  /** @returns false when too many wait already */
  enqueue(waiter: Waiter): boolean {
    if (this.waiting.length >= MOST_WAITING) return false;
    this.waiting.push(waiter);
    return true;
  }

  get waiters(): number {
    return this.waiting.length + this.calls;
  }

  /** The next one to make a call for; no more at once than could be accepted. */
  next(): Waiter | undefined {
    const [first] = this.waiting;
    if (!first || this.calls >= Math.min(first.limit, MOST_CALLS)) return undefined;
    this.calls += 1;
    return this.waiting.shift();
  }

  /** @param isBlock whether all hits are refused, whatever they cost and under whatever limit */
  onAnswer({ limit, cost }: Waiter, sentAt: number, now: number, wait: number, isBlock: boolean): void {
    this.calls -= 1;
    if (wait === 0) return;
    this.blockedUntil = sentAt + wait;
    this.blockedCost = isBlock ? 0 : cost;
    this.blockedLimit = isBlock ? Infinity : limit;
    const { waiting } = this;
    this.waiting = [];
    for (const waiter of waiting) {
      const refusal = this.refusal(now, waiter.limit, waiter.cost);
      if (refusal === undefined) this.waiting.push(waiter);
      else waiter.settle(refusal);
    }
  }

  /** A call failed, and those behind it would fail as well. */
  giveUp(): void {
    this.calls -= 1;
    const { waiting } = this;
    this.waiting = [];
    for (const waiter of waiting) waiter.giveUp();
  }

  /** The machine was suspended: times of before mean nothing. */
  forget(): void {
    this.blockedUntil = -Infinity;
  }

  isIdle(now: number): boolean {
    return this.waiters === 0 && this.blockedUntil <= now;
  }
}
