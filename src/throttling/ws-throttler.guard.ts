import { type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import {
  ThrottlerGuard,
  type ThrottlerLimitDetail,
  type ThrottlerModuleOptions,
  type ThrottlerRequest,
  type ThrottlerStorage,
} from '@nestjs/throttler';
import type { Connection } from '../connection/connection.js';
import { connectionIn } from '../connection/connection-of.js';
import { servedOf } from '../connection/served-connection.js';
import { RateLimitedException } from '../errors/ws-exceptions.js';
import type { ResolvedOptions } from '../options/options.schema.js';
import { InjectSecurityOptions } from '../options/options.token.js';
import { SELF_DECLARED_DEPS_METADATA } from '../nest/metadata-keys.js';
import { isThenable } from '../time/maybe-promise.js';
import { DeclaredLimits } from './declared-limits.js';
import { acceptOrThrow, type Excess, limitOf, ruleOf } from './excess.js';
import { HitCounter } from './hit-counter.js';
import { ThrottleScopeReader } from './throttle-scope.js';
import { type ThrottleRule, ThrottleRules } from './throttle-rules.js';
import { InjectWsThrottlerStorage } from './throttler-storage.token.js';
import type { ThrottledGateway } from './throttled-gateway.interface.js';
import { WS_THROTTLERS, type WsThrottler } from './throttlers.token.js';
import { type BudgetState, knowsCost } from './ws-throttler-storage.interface.js';
import { type ThrottlerVerdict, waitOf } from './throttler-verdict.interface.js';

const NOT_YET: unknown = undefined;

/** A budget of a connection, and what is left of it as far as the storage can tell. @internal */
export interface BudgetInForce extends Partial<BudgetState> {
  readonly throttler: string;
  readonly scope: string;
  readonly limit: number;
  readonly ttlMs: number;
}

/** Steps of the base guard. If a subclass overrides one of them, it is called for each message. */
const STEPS = [
  'shouldSkip',
  'handleRequest',
  'getTracker',
  'generateKey',
  'throwThrottlingException',
] as const;

/**
 * Limits messages with one budget per principal for all events and sockets. `@Throttle()` gives an event or a gateway
 * its own budget.
 *
 * @publicApi
 */
@Injectable()
export class WsThrottlerGuard extends ThrottlerGuard {
  // Properties, so that a subclass can have a constructor of its own that calls `super()`.
  @InjectSecurityOptions() private readonly securityOptions!: ResolvedOptions;
  @InjectWsThrottlerStorage() protected override readonly storageService = NOT_YET as ThrottlerStorage;
  @Inject(Reflector) protected override readonly reflector = NOT_YET as Reflector;
  @Inject(ThrottleScopeReader) protected readonly scopes!: ThrottleScopeReader;
  @Inject(WS_THROTTLERS) private readonly named!: readonly WsThrottler[];
  @Inject(HitCounter) private readonly hitCounter!: HitCounter;
  @Inject(DeclaredLimits) private readonly declaredLimits!: DeclaredLimits;
  protected override options: ThrottlerModuleOptions = [];
  private rules!: ThrottleRules;
  private isExtended = true;

  constructor() {
    // Set by the injection of properties, after the constructor.
    super([], NOT_YET as ThrottlerStorage, NOT_YET as Reflector);
  }

  override async onModuleInit(): Promise<void> {
    // Not in the constructor: fields of a subclass, and fields with injected values, do not exist yet there.
    this.isExtended = STEPS.some((step) => this[step] !== WsThrottlerGuard.prototype[step]);
    const { rateLimit: limit, rateTtlMs: ttl } = this.securityOptions;
    // A block would refuse hits that fit into the window again.
    this.options = [{ name: 'default', limit, ttl }, ...this.named].map((throttler) => ({
      blockDuration: 0,
      ...throttler,
    }));
    await super.onModuleInit();
    // A subclass with its own keys may share them between events.
    const hasOwnKeys = this.generateKey !== WsThrottlerGuard.prototype.generateKey;
    const limits = hasOwnKeys ? undefined : this.declaredLimits;
    this.rules = new ThrottleRules(this.throttlers, this.reflector, this.scopes, limits);
  }

  /** @throws RateLimitedException */
  override canActivate(context: ExecutionContext): Promise<boolean> {
    const excess = this.excessOf(context);
    if (excess === undefined) return super.canActivate(context);
    if (isThenable(excess)) return Promise.resolve(excess).then(acceptOrThrow);
    // The caller accepts synchronous results, although the base guard declares a promise.
    return acceptOrThrow(excess) as unknown as Promise<boolean>;
  }

  /**
   * Counts a message.
   *
   * @returns null if it is accepted; undefined if a step of a subclass or a function in a decorator must be called
   * @internal
   */
  excessOf(context: ExecutionContext): Excess | null | Promise<Excess | null> | undefined {
    const rules = this.isExtended ? undefined : this.rules.of(context.getClass(), context.getHandler());
    return rules && this.count(connectionIn(context), rules, 0);
  }

  /**
   * The budgets of a connection for some events, each one once, as far as they are known without a message.
   *
   * @internal
   */
  async budgetsOf(
    connection: Connection,
    gateway: ThrottledGateway['gateway'],
    handlers: readonly ThrottledGateway['handlers'][number][],
  ): Promise<BudgetInForce[]> {
    const budgets = new Map<string, BudgetInForce>();
    for (const { callback } of handlers) {
      for (const rule of this.rules.of(gateway, callback) ?? []) {
        const scope = rule.prefix.slice(0, -1);
        const id = `${rule.name}|${scope}`;
        if (budgets.has(id)) continue;
        const limit = await this.limitOf(connection, rule.limit);
        const key = rule.prefix + servedOf(connection).limitKey;
        budgets.set(id, {
          throttler: rule.name,
          scope,
          limit,
          ttlMs: rule.ttl,
          ...(await this.peek(key, rule, limit)),
        });
      }
    }
    return [...budgets.values()];
  }

  private async peek(key: string, rule: ThrottleRule, limit: number): Promise<BudgetState | undefined> {
    const { storageService: storage } = this;
    if (!knowsCost(storage)) return undefined;
    try {
      return await storage.peek?.(key, rule.ttl, limit, rule.name, rule.declared);
    } catch {
      return undefined;
    }
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
      await this.throwThrottlingException(context, { ...verdict, ttl, limit, key, tracker, throttler: name });
    }
    return true;
  }

  /**
   * Returns the limit of a connection per window. Override it for limits by plan.
   *
   * @param limit the limit from `WS_RATE_LIMIT` or `@Throttle()`
   */
  protected limitOf(_connection: Connection, limit: number): number | Promise<number> {
    return limit;
  }

  /** Returns the key of the client: its principal, or its address if it is anonymous. */
  protected override getTracker(connection: Record<string, unknown>): Promise<string> {
    return Promise.resolve(connection['limitKey'] as string);
  }

  /** Returns the key of the budget: the principal's shared one, or that of an event with its own `@Throttle()`. */
  protected override generateKey(context: ExecutionContext, tracker: string, name: string): string {
    return `${this.scopes.scopeOf(context.getClass(), context.getHandler(), name)}|${tracker}`;
  }

  protected override throwThrottlingException(
    _context: ExecutionContext,
    detail: ThrottlerLimitDetail & ThrottlerVerdict & { throttler?: string },
  ): Promise<void> {
    const { throttler = 'default', limit, ttl } = detail;
    const why = limitOf({ throttler, limit, ttl });
    return Promise.reject(new RateLimitedException(waitOf(detail), ruleOf({ throttler }), why));
  }

  /** Counts on one budget after the other until one is exhausted. Waits only if a storage is asynchronous. */
  private count(
    connection: Connection,
    rules: readonly ThrottleRule[],
    first: number,
  ): Excess | null | Promise<Excess | null> {
    for (let i = first; i < rules.length; i++) {
      const rule = rules[i] as ThrottleRule;
      const limit = this.limitOf(connection, rule.limit);
      const excess =
        typeof limit === 'number'
          ? this.spend(connection, rule, limit)
          : limit.then((own) => this.spend(connection, rule, own));
      if (isThenable(excess))
        return Promise.resolve(excess).then((late) => late ?? this.count(connection, rules, i + 1));
      if (excess) return excess;
    }
    return null;
  }

  private spend(
    connection: Connection,
    rule: ThrottleRule,
    limit: number,
  ): Excess | null | Promise<Excess | null> {
    const key = servedOf(connection).limitKeyIn(rule.prefix);
    const verdict = this.hitCounter.count(this.storageService, key, rule, limit);
    return isThenable(verdict)
      ? verdict.then((late) => excessOf(waitOf(late), rule, limit))
      : excessOf(waitOf(verdict), rule, limit);
  }
}

function excessOf(waitMs: number, { name, ttl }: ThrottleRule, limit: number): Excess | null {
  return waitMs > 0 ? { waitMs, throttler: name, limit, ttl } : null;
}

// The base class asks for the options of `ThrottlerModule`, which need not be imported.
Reflect.defineMetadata(SELF_DECLARED_DEPS_METADATA, [], WsThrottlerGuard);
