import { Injectable } from '@nestjs/common';
import type { DeclaredLimit } from './declared-limit.interface.js';
import { ThrottleScopeReader } from './throttle-scope.js';
import { SKIP } from './throttle-settings.js';
import type { ThrottledGateway } from './throttled-gateway.interface.js';
import { costOf } from './ws-cost.decorator.js';

/** The declared limits of each budget. They depend on the events of all gateways. Each budget has one object. */
@Injectable()
export class DeclaredLimits {
  private gateways: readonly ThrottledGateway[] = [];
  private readonly known = new Map<string, DeclaredLimit>();

  constructor(private readonly scopes: ThrottleScopeReader) {}

  /** Registers all gateways before the first message. */
  introduce(gateways: readonly ThrottledGateway[]): void {
    this.scopes.introduce(gateways);
    this.gateways = gateways;
  }

  /**
   * @param throttler the name of the throttler
   * @param scope the name of the budget, from `ThrottleScopeReader`
   */
  of(throttler: string, scope: string, rule: Omit<DeclaredLimit, 'maxCost'>): DeclaredLimit {
    const { limit, ttl, blockDuration } = rule;
    const id = JSON.stringify([throttler, scope, String(limit), ttl, blockDuration]);
    let declared = this.known.get(id);
    if (!declared) {
      const maxCost = this.maxCostOf(throttler, scope);
      this.known.set(id, (declared = Object.freeze({ limit, ttl, blockDuration, maxCost })));
    }
    return declared;
  }

  private maxCostOf(throttler: string, scope: string): number {
    const costs = this.gateways.flatMap(({ gateway, handlers }) =>
      handlers
        .filter(({ callback }) => {
          const skips: unknown =
            Reflect.getMetadata(SKIP + throttler, callback) ?? Reflect.getMetadata(SKIP + throttler, gateway);
          return !skips && this.scopes.scopeOf(gateway, callback, throttler) === scope;
        })
        .map(({ callback }) => costOf(gateway, callback)),
    );
    return Math.max(1, ...costs);
  }
}
