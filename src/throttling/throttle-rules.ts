import type { Reflector } from '@nestjs/core';
import type { ThrottlerOptions } from '@nestjs/throttler';
import type { Callable } from '../nest/handler-metadata.js';
import type { DeclaredLimit } from './declared-limit.interface.js';
import type { DeclaredLimits } from './declared-limits.js';
import type { LimitRule } from './limit-rule.js';
import type { ThrottleScopeReader } from './throttle-scope.js';
import { BLOCK, KEY_GENERATOR, LIMIT, SKIP, TRACKER, TTL } from './throttle-settings.js';
import { costOf } from './ws-cost.decorator.js';

/** A budget that an event counts on, as far as it is known before the first message. */
export interface ThrottleRule extends LimitRule {
  /** The prefix of the budget's keys. */
  readonly prefix: string;
}

/** The settings from the decorators of an event. */
export interface ThrottleSettings {
  /** Rules with fixed numbers. */
  readonly rules: readonly ThrottleRule[];
  /** Whether a function of the application must be called for each message. */
  readonly isDynamic: boolean;
  readonly cost: number;
}

type Setting = (key: string) => unknown;

/** Reads the decorators of each event once instead of for each message. */
export class ThrottleRules {
  private readonly known = new WeakMap<Callable, Map<Callable, ThrottleSettings>>();

  /** @param limits omitted if budgets have no declared limits */
  constructor(
    private readonly throttlers: readonly ThrottlerOptions[],
    private readonly reflector: Reflector,
    private readonly scopes: ThrottleScopeReader,
    private readonly limits?: DeclaredLimits,
  ) {}

  /** The rules of an event; undefined if they must be determined for each message. */
  of(gateway: Callable, handler: Callable): readonly ThrottleRule[] | undefined {
    const { rules, isDynamic } = this.settingsOf(gateway, handler);
    return isDynamic ? undefined : rules;
  }

  costOf(gateway: Callable, handler: Callable): number {
    return this.settingsOf(gateway, handler).cost;
  }

  /** The declared limits of an event's budget for a throttler. */
  declaredOf(gateway: Callable, handler: Callable, throttler: string): DeclaredLimit | undefined {
    return this.settingsOf(gateway, handler).rules.find(({ name }) => name === throttler)?.declared;
  }

  settingsOf(gateway: Callable, handler: Callable): ThrottleSettings {
    let all = this.known.get(gateway);
    if (!all) this.known.set(gateway, (all = new Map()));
    let settings = all.get(handler);
    if (!settings) all.set(handler, (settings = this.read(gateway, handler)));
    return settings;
  }

  private read(gateway: Callable, handler: Callable): ThrottleSettings {
    const cost = costOf(gateway, handler);
    const rules: ThrottleRule[] = [];
    let isDynamic = false;
    for (const throttler of this.throttlers) {
      const { name = 'default' } = throttler;
      const setting: Setting = (key) =>
        this.reflector.getAllAndOverride<unknown>(key + name, [handler, gateway]);
      if (setting(SKIP)) continue;
      const scope = this.scopes.scopeOf(gateway, handler, name);
      const rule = this.ruleOf(throttler, setting, scope, cost);
      if (rule) rules.push(rule);
      isDynamic ||= !rule || hasFunctions(throttler, setting);
    }
    return { rules, isDynamic, cost };
  }

  private ruleOf(
    throttler: ThrottlerOptions,
    setting: Setting,
    scope: string,
    cost: number,
  ): ThrottleRule | undefined {
    const { name = 'default' } = throttler;
    const limit = setting(LIMIT) ?? throttler.limit;
    const ttl = setting(TTL) ?? throttler.ttl;
    const blockDuration = setting(BLOCK) ?? throttler.blockDuration ?? 0;
    if (!isNumber(limit) || !isNumber(ttl) || !isNumber(blockDuration)) return undefined;
    const numbers = { limit, ttl, blockDuration };
    const declared = hasKeyOf(throttler, setting) ? undefined : this.limits?.of(name, scope, numbers);
    return { name, ...numbers, prefix: `${scope}|`, cost, declared };
  }
}

function hasFunctions(throttler: ThrottlerOptions, setting: Setting): boolean {
  return (
    (throttler.skipIf ?? throttler.getTracker ?? setting(TRACKER)) !== undefined ||
    hasKeyOf(throttler, setting)
  );
}

/** Whether the application chooses the key, and so which events share the budget. */
function hasKeyOf({ generateKey }: ThrottlerOptions, setting: Setting): boolean {
  return (setting(KEY_GENERATOR) ?? generateKey) !== undefined;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}
