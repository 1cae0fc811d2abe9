import { Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Callable } from '../../nest/handler-metadata.js';
import type { ResolvedOptions } from '../../options/options.schema.js';
import { InjectSecurityOptions } from '../../options/options.token.js';
import { ThrottleRules } from '../../throttling/throttle-rules.js';
import { ThrottleScopeReader } from '../../throttling/throttle-scope.js';
import { LIMIT } from '../../throttling/throttle-settings.js';
import { WS_THROTTLERS, type WsThrottler } from '../../throttling/throttlers.token.js';

/** A limit of an event. */
export interface EventLimit {
  readonly throttler: string;
  readonly limit: number;
  readonly ttlMs: number;
  readonly blockMs?: number;
  /** Which events share the budget: all of the application, those of the gateway, or only this one. */
  readonly budget: 'shared' | 'gateway' | 'event';
}

/** The limits of an event, as they are declared. */
export interface EventLimits {
  readonly limits: readonly EventLimit[];
  /** How many hits a message counts as, if it is not one. */
  readonly cost?: number;
  /** Whether functions of the application have a say. */
  readonly dynamic?: true;
}

/** Reads the throttlers of events. */
@Injectable()
export class EventLimitReader {
  private readonly rules: ThrottleRules;

  constructor(
    @InjectSecurityOptions() { rateLimit: limit, rateTtlMs: ttl }: ResolvedOptions,
    @Inject(WS_THROTTLERS) named: readonly WsThrottler[],
    reflector: Reflector,
    scopes: ThrottleScopeReader,
  ) {
    this.rules = new ThrottleRules([{ name: 'default', limit, ttl }, ...named], reflector, scopes);
  }

  of(gateway: Callable, handler: Callable): EventLimits {
    const { rules, isDynamic, cost } = this.rules.settingsOf(gateway, handler);
    const limits = rules.map(({ name, limit, ttl, blockDuration }) => ({
      throttler: name,
      limit,
      ttlMs: ttl,
      ...(blockDuration > 0 && { blockMs: blockDuration }),
      budget: budgetOf(gateway, handler, name),
    }));
    return { limits, ...(cost !== 1 && { cost }), ...(isDynamic && { dynamic: true }) };
  }
}

function budgetOf(gateway: Callable, handler: Callable, throttler: string): EventLimit['budget'] {
  if (Reflect.hasMetadata(LIMIT + throttler, handler)) return 'event';
  return Reflect.hasMetadata(LIMIT + throttler, gateway) ? 'gateway' : 'shared';
}
