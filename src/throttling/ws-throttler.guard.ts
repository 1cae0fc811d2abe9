import { type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import {
  ThrottlerGuard,
  type ThrottlerLimitDetail,
  type ThrottlerRequest,
  type ThrottlerStorage,
} from '@nestjs/throttler';
import type { Connection } from '../connection/connection.js';
import { connectionIn } from '../connection/connection-of.js';
import { RateLimitedException } from '../errors/ws-exceptions.js';
import type { ResolvedOptions } from '../options/options.schema.js';
import { InjectSecurityOptions } from '../options/options.token.js';
import { isThenable } from '../time/maybe-promise.js';
import { DeclaredLimits } from './declared-limits.js';
import { HitCounter } from './hit-counter.js';
import { ThrottleScopeReader } from './throttle-scope.js';
import { type ThrottleRule, ThrottleRules } from './throttle-rules.js';
import { InjectWsThrottlerStorage } from './throttler-storage.token.js';
import { WS_THROTTLERS, type WsThrottler } from './throttlers.token.js';
import { type ThrottlerVerdict, waitOf } from './throttler-verdict.interface.js';

/** Steps of the guard it extends; where a subclass has its own, they are asked on each message. */
const STEPS = [
  'shouldSkip',
  'handleRequest',
  'getTracker',
  'generateKey',
  'throwThrottlingException',
] as const;

/**
 * One budget per principal over all events and sockets; `@Throttle()` gives an event, or a gateway, its own.
 *
 * @publicApi
 */
@Injectable()
export class WsThrottlerGuard extends ThrottlerGuard {
  // Properties, so that subclasses have a constructor of their own. A guard that a factory makes has the first ones.
  @Inject(HitCounter) private readonly hitCounter: HitCounter = new HitCounter();
  @Inject(DeclaredLimits) private readonly declaredLimits: DeclaredLimits | undefined = undefined;
  private rules!: ThrottleRules;
  private isExtended = true;

  constructor(
    @InjectSecurityOptions() { rateLimit: limit, rateTtlMs: ttl }: ResolvedOptions,
    @InjectWsThrottlerStorage() storage: ThrottlerStorage,
    reflector: Reflector,
    protected readonly scopes: ThrottleScopeReader,
    @Inject(WS_THROTTLERS) named: readonly WsThrottler[],
  ) {
    // A block would refuse hits that the window has room for again.
    const throttlers = [{ name: 'default', limit, ttl }, ...named].map((throttler) => ({
      blockDuration: 0,
      ...throttler,
    }));
    super(throttlers, storage, reflector);
  }

  override async onModuleInit(): Promise<void> {
    // Not before: fields of a subclass, and what is injected into fields, are not there while this class is constructed.
    this.isExtended = STEPS.some((step) => this[step] !== WsThrottlerGuard.prototype[step]);
    await super.onModuleInit();
    // What keys of a subclass share is not known.
    const hasOwnKeys = this.generateKey !== WsThrottlerGuard.prototype.generateKey;
    const limits = hasOwnKeys ? undefined : this.declaredLimits;
    this.rules = new ThrottleRules(this.throttlers, this.reflector, this.scopes, limits);
  }

  /** @throws RateLimitedException */
  override canActivate(context: ExecutionContext): Promise<boolean> {
    const wait = this.waitOf(context);
    // Who asks guards takes an answer as it comes; the guard this one extends always makes them wait.
    if (typeof wait === 'number') return accepted(wait) as unknown as Promise<boolean>;
    return wait?.then(accepted) ?? super.canActivate(context);
  }

  /**
   * Counts a message.
   *
   * @returns 0 when it is accepted, otherwise the milliseconds until one will be; undefined when a step of a subclass,
   * or a decorator with functions, has to be asked
   * @internal
   */
  waitOf(context: ExecutionContext): number | Promise<number> | undefined {
    const rules = this.isExtended ? undefined : this.rules.of(context.getClass(), context.getHandler());
    return rules && this.count(connectionIn(context), rules, 0);
  }

  /** @throws RateLimitedException */
  protected override async handleRequest(request: ThrottlerRequest): Promise<boolean> {
    const { context, ttl, throttler, blockDuration, getTracker, generateKey } = request;
    const connection = connectionIn(context);
    const limit = await this.limitOf(connection, request.limit);
    const tracker = await getTracker(connection, context);
    const name = throttler.name ?? 'default';
    const key = generateKey(context, tracker, name);
    const [gateway, handler] = [context.getClass(), context.getHandler()];
    const cost = this.rules.costOf(gateway, handler);
    const declared = this.rules.declaredOf(gateway, handler, name);
    const rule = { name, limit, ttl, blockDuration, cost, declared };
    const verdict = await this.hitCounter.count(this.storageService, key, rule, limit);
    if (verdict.isBlocked) {
      await this.throwThrottlingException(context, { ...verdict, ttl, limit, key, tracker });
    }
    return true;
  }

  /**
   * How many messages a window holds for who is on a connection; override it for limits by plan.
   *
   * @param limit what `WS_RATE_LIMIT` or `@Throttle()` says
   */
  protected limitOf(_connection: Connection, limit: number): number | Promise<number> {
    return limit;
  }

  /** Whom a hit is counted for: the principal, or the address of somebody anonymous. */
  protected override getTracker(connection: Record<string, unknown>): Promise<string> {
    return Promise.resolve(connection['limitKey'] as string);
  }

  /** Which budget: the principal's one, or that of an event with a `@Throttle()` of its own. */
  protected override generateKey(context: ExecutionContext, tracker: string, name: string): string {
    return `${this.scopes.scopeOf(context.getClass(), context.getHandler(), name)}|${tracker}`;
  }

  protected override throwThrottlingException(
    _context: ExecutionContext,
    detail: ThrottlerLimitDetail & ThrottlerVerdict,
  ): Promise<void> {
    return Promise.reject(new RateLimitedException(waitOf(detail)));
  }

  /** One budget after the other, until one has no room; waits only where it has to. */
  private count(
    connection: Connection,
    rules: readonly ThrottleRule[],
    first: number,
  ): number | Promise<number> {
    for (let i = first; i < rules.length; i++) {
      const rule = rules[i] as ThrottleRule;
      const limit = this.limitOf(connection, rule.limit);
      const wait =
        typeof limit === 'number'
          ? this.spend(connection, rule, limit)
          : limit.then((own) => this.spend(connection, rule, own));
      // Whatever is no number yet has to be waited for: a limit that is passed over is none.
      if (typeof wait !== 'number')
        return Promise.resolve(wait).then((late) => late || this.count(connection, rules, i + 1));
      if (wait > 0) return wait;
    }
    return 0;
  }

  private spend(connection: Connection, rule: ThrottleRule, limit: number): number | Promise<number> {
    const key = connection.limitKeyIn(rule.prefix);
    const verdict = this.hitCounter.count(this.storageService, key, rule, limit);
    return isThenable(verdict) ? verdict.then(waitOf) : waitOf(verdict);
  }
}

/** @throws RateLimitedException */
function accepted(wait: number): true {
  if (wait > 0) throw new RateLimitedException(wait);
  return true;
}
