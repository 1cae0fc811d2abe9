import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { DeclaredLimit } from '../../throttling/declared-limit.interface.js';
import type { ThrottlerVerdict } from '../../throttling/throttler-verdict.interface.js';
import type { BudgetState, WsThrottlerStorage } from '../../throttling/ws-throttler-storage.interface.js';
import { Clock } from '../../time/clock.js';
import type { MaybePromise } from '../../time/maybe-promise.js';
import { idOf, type RedisKeys } from '../keys.js';
import { notAsked, type Partition, RedisPort } from '../link/redis-port.js';
import { Suspension } from '../../time/suspension.js';
import type { OutagePolicy } from '../outage-policy.js';
import { BudgetPeek } from './budget-peek.js';
import type { CountedHit } from './counted-hit.js';
import { ExactLimiter } from './exact-limiter.js';
import { ExactWindow } from './exact-window.js';
import { ScriptedGrantCalls } from './grant-calls.js';
import { GrantedWindow } from './granted-window.js';
import { LeasedLimiter } from './leased-limiter.js';
import { isExact } from './limit-kind.js';
import { OutageLimits } from './outage-limits.js';
import { verdictOf } from '../../throttling/throttler-verdict.interface.js';
import { CROWDED_WAIT_MS, type Waiter } from './waiter.js';
import { WindowTable } from './window-table.js';

const SWEEP_MS = 10_000;
/** Hits that wait on this node, over all windows. More are an overload. */
const MOST_WAITING_IN_ALL = 10_000;

export interface RedisThrottlerOptions {
  readonly keys: RedisKeys;
  /** `WS_REDIS_OUTAGE` */
  readonly outage: OutagePolicy;
  /** `WS_REDIS_LIMITS` */
  readonly limits: 'leased' | 'exact';
  /** Windows of each kind that this node remembers at most; 100,000 when left out. */
  readonly mostWindows?: number;
}

/**
 * Limits that hold over all nodes. Most hits are decided here and now, from budget that Redis lent to this node or
 * because the key is known to be refused; the others wait for a call. A key without a limit is not counted.
 */
@Injectable()
export class RedisThrottlerStorage implements WsThrottlerStorage, OnApplicationShutdown {
  readonly knowsCost = true;
  private readonly leased: LeasedLimiter;
  private readonly exact: ExactLimiter;
  private readonly grantedWindows: WindowTable<GrantedWindow>;
  private readonly exactWindows: WindowTable<ExactWindow>;
  private readonly peeking: BudgetPeek;
  private readonly outage: OutageLimits;
  private readonly suspension: Suspension;
  private readonly stopSweeping: () => void;
  private waiting = 0;

  constructor(
    private readonly port: RedisPort,
    private readonly clock: Clock,
    private readonly options: RedisThrottlerOptions,
  ) {
    const { keys, outage, mostWindows = 100_000 } = options;
    this.leased = new LeasedLimiter(clock, new ScriptedGrantCalls(port));
    this.exact = new ExactLimiter(clock, port);
    this.grantedWindows = new WindowTable((name, ttl, key) => {
      const id = idOf(key);
      const partition = port.partitionOf(id);
      return new GrantedWindow(keys.window(partition, name, ttl, id), partition, ttl, clock.monotonic());
    }, mostWindows);
    this.exactWindows = new WindowTable((name, ttl, key) => {
      const id = idOf(key);
      const at = port.partitionOf(id);
      return new ExactWindow(keys.exact(at, name, ttl, id), keys.block(at, name, ttl, id), at, ttl);
    }, mostWindows);
    this.peeking = new BudgetPeek(port, keys, (name, ttl, key) =>
      this.grantedWindows.find(name, ttl, key)?.unspent(clock.monotonic()),
    );
    this.outage = new OutageLimits(outage, clock);
    this.suspension = new Suspension(clock);
    this.stopSweeping = clock.every(SWEEP_MS, () => this.sweep());
    port.onUp((partition) => this.outage.end(partition));
  }

  /** Windows that are remembered here. */
  get size(): number {
    return this.grantedWindows.size + this.exactWindows.size;
  }

  /** As {@link hit}. */
  async increment(
    key: string,
    ttl: number,
    limit: number,
    blockDuration: number,
    throttlerName: string,
    cost = 1,
    declared?: DeclaredLimit,
  ): Promise<ThrottlerVerdict> {
    return this.hit(key, ttl, limit, blockDuration, throttlerName, cost, declared);
  }

  /**
   * Counts a hit over all nodes.
   *
   * @throws RedisUnavailableError now or later, when Redis is away and `WS_REDIS_OUTAGE` is `deny`, or too many hits wait
   */
  hit(
    key: string,
    ttl: number,
    limit: number,
    blockDuration: number,
    throttlerName: string,
    cost: number,
    declared?: DeclaredLimit,
  ): MaybePromise<ThrottlerVerdict> {
    if (!(limit >= 1)) return verdictOf(Math.max(1, ttl), ttl, 0, cost);
    if (limit === Infinity) return verdictOf(0, ttl, limit, cost);
    const now = this.clock.monotonic();
    if (this.suspension.happened(now)) this.forget();
    const whole = Math.floor(limit);
    const count = Math.min(cost, whole);
    const window = Math.ceil(ttl);
    const block = Math.ceil(blockDuration);
    return this.options.limits === 'exact' || isExact(declared)
      ? this.countExactly(key, window, whole, block, throttlerName, count)
      : this.spend(now, key, window, whole, block, throttlerName, count);
  }

  /**
   * What is left of a budget over all nodes, without a hit. Of a budget that is lent to nodes, what others were lent
   * counts as spent.
   *
   * @throws RedisUnavailableError
   */
  async peek(
    key: string,
    ttl: number,
    limit: number,
    throttlerName: string,
    declared?: DeclaredLimit,
  ): Promise<BudgetState> {
    const whole = Math.floor(limit);
    if (!(whole >= 1)) return { remaining: 0, retryAfterMs: Math.max(1, ttl) };
    if (whole === Infinity) return { remaining: Infinity, retryAfterMs: 0 };
    const isCounted = this.options.limits === 'exact' || isExact(declared);
    return this.peeking.peek(key, Math.ceil(ttl), whole, throttlerName, isCounted);
  }

  onApplicationShutdown(): void {
    this.stopSweeping();
    this.leased.stop();
    this.outage.stop();
  }

  /** Gives back what this node was lent, before it ends. Resolves when Redis knows, or is away. */
  async leave(): Promise<void> {
    const windows = [...this.grantedWindows.all()];
    const given = this.port.partitions.map((partition) =>
      this.leased.giveBack(
        windows.filter((window) => window.partition === partition),
        partition,
      ),
    );
    await Promise.all(given);
  }

  private spend(
    now: number,
    key: string,
    ttl: number,
    limit: number,
    blockDuration: number,
    name: string,
    cost: number,
  ): MaybePromise<ThrottlerVerdict> {
    const window = this.grantedWindows.get(name, ttl, key);
    const wait = this.leased.hit(now, window, limit, cost);
    if (wait !== undefined) return verdictOf(wait, ttl, limit, cost);
    const hit = { key, ttl, limit, blockDuration, name, cost };
    return this.ask(hit, window.partition, (waiter) => this.leased.wait(window, waiter));
  }

  private countExactly(
    key: string,
    ttl: number,
    limit: number,
    blockDuration: number,
    name: string,
    cost: number,
  ): MaybePromise<ThrottlerVerdict> {
    const window = this.exactWindows.get(name, ttl, key);
    const wait = this.exact.hit(window, limit, cost);
    if (wait !== undefined) return verdictOf(wait, ttl, limit, cost);
    const hit = { key, ttl, limit, blockDuration, name, cost };
    return this.ask(hit, window.partition, (waiter) => this.exact.wait(window, { ...waiter, blockDuration }));
  }

  /** Lets a hit wait for a call, unless Redis is away. @param queue tells whether there is room to wait */
  private ask(
    hit: CountedHit,
    partition: Partition,
    queue: (waiter: Waiter) => boolean,
  ): MaybePromise<ThrottlerVerdict> {
    if (!this.port.isUp(partition)) return this.outage.decide(partition, hit);
    if (this.waiting >= MOST_WAITING_IN_ALL) throw notAsked('overloaded');
    const { ttl, limit, cost } = hit;
    return new Promise((resolve, reject) => {
      this.waiting += 1;
      const settle = (wait: number): void => {
        this.waiting -= 1;
        resolve(verdictOf(wait, ttl, limit, cost));
      };
      const giveUp = (): void => {
        this.waiting -= 1;
        try {
          resolve(this.outage.decide(partition, hit));
        } catch (error) {
          reject(error);
        }
      };
      if (!queue({ cost, limit, settle, giveUp })) settle(CROWDED_WAIT_MS);
    });
  }

  private sweep(): void {
    const now = this.clock.monotonic();
    this.grantedWindows.sweep(now);
    this.exactWindows.sweep(now);
  }

  /** The machine was suspended: what was dated before means nothing. */
  private forget(): void {
    this.leased.forget();
    for (const window of this.grantedWindows.all()) window.forget();
    for (const window of this.exactWindows.all()) window.forget();
  }
}
