import type { Reflector } from '@nestjs/core';
import type { ThrottlerOptions } from '@nestjs/throttler';
import { type Callable, declaredOf } from '../nest/handler-metadata.js';
import type { ThrottleScopeReader } from './throttle-scope.js';
import { BLOCK, KEY_GENERATOR, LIMIT, SKIP, TRACKER, TTL } from './throttle-settings.js';
import { COST } from './ws-cost.decorator.js';

/** One budget that an event is counted on, as far as that is known before the first message. */
export interface ThrottleRule {
  readonly name: string;
  readonly limit: number;
  readonly ttl: number;
  readonly blockDuration: number;
  /** What the key of the budget begins with. */
  readonly prefix: string;
  readonly cost: number;
}

/** What the decorators of an event say. */
interface Settings {
  readonly rules: readonly ThrottleRule[] | undefined;
  readonly cost: number;
}

const DYNAMIC = [TRACKER, KEY_GENERATOR];

/** Reads the decorators of events once, instead of on each message. */
export class ThrottleRules {
  private readonly known = new WeakMap<Callable, Map<Callable, Settings>>();

  constructor(
    private readonly throttlers: readonly ThrottlerOptions[],
    private readonly reflector: Reflector,
    private readonly scopes: ThrottleScopeReader,
  ) {}

  /** The rules of an event; undefined when they have to be worked out for each message. */
  of(gateway: Callable, handler: Callable): readonly ThrottleRule[] | undefined {
    return this.settingsOf(gateway, handler).rules;
  }

  costOf(gateway: Callable, handler: Callable): number {
    return this.settingsOf(gateway, handler).cost;
  }

  private settingsOf(gateway: Callable, handler: Callable): Settings {
    let all = this.known.get(gateway);
    if (!all) this.known.set(gateway, (all = new Map()));
    let settings = all.get(handler);
    if (!settings) {
      const own = declaredOf(COST, gateway, handler) as number | undefined;
      const cost = own ?? this.reflector.get<number | undefined>(COST, gateway) ?? 1;
      all.set(handler, (settings = { rules: this.rulesOf(gateway, handler, cost), cost }));
    }
    return settings;
  }

  private rulesOf(gateway: Callable, handler: Callable, cost: number): readonly ThrottleRule[] | undefined {
    const rules: ThrottleRule[] = [];
    for (const throttler of this.throttlers) {
      const { name = 'default' } = throttler;
      const setting = (key: string): unknown =>
        this.reflector.getAllAndOverride<unknown>(key + name, [handler, gateway]);
      if (setting(SKIP)) continue;
      const limit = setting(LIMIT) ?? throttler.limit;
      const ttl = setting(TTL) ?? throttler.ttl;
      const blockDuration = setting(BLOCK) ?? throttler.blockDuration ?? 0;
      const isDynamic = DYNAMIC.some((key) => setting(key) !== undefined) || hasFunctions(throttler);
      if (isDynamic || !isNumber(limit) || !isNumber(ttl) || !isNumber(blockDuration)) return undefined;
      const prefix = `${this.scopes.scopeOf(gateway, handler, name)}|`;
      rules.push({ name, limit, ttl, blockDuration, prefix, cost });
    }
    return rules;
  }
}

function hasFunctions({ skipIf, getTracker, generateKey }: ThrottlerOptions): boolean {
  return (skipIf ?? getTracker ?? generateKey) !== undefined;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}
