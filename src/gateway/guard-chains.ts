import { type CanActivate, Inject, Injectable, type Type } from '@nestjs/common';
import { ApplicationConfig, ModuleRef } from '@nestjs/core';
import { WsAuthGuard } from '../auth/ws-auth.guard.js';
import { WsAuthorizationGuard } from '../auth/ws-authorization.guard.js';
import { WsThrottlerGuard } from '../throttling/ws-throttler.guard.js';
import type { DiscoveredGateway } from './gateway-explorer.js';
import { instanceOf } from './instance-of.js';
import { preparesNoBodies, UnpreparedBodyGuard } from './unprepared-body.guard.js';

/** The guard classes that `forRoot({ guards })` named. */
export const MODULE_GUARDS = Symbol('MODULE_GUARDS');

type GuardType = Type<CanActivate>;

/** Who you are, how often, what you may: refused attempts count too. */
const BUILT_IN: readonly GuardType[] = [WsAuthGuard, WsThrottlerGuard, WsAuthorizationGuard];

/** Where they stand in a chain. */
export const THROTTLER = 1;
export const AUTHORIZATION = 2;

/**
 * The guards of each gateway, made once: the built-in ones, each replaced by a subclass that the gateway or else the
 * module names, then the others in the order module, gateway.
 */
@Injectable()
export class GuardChains {
  private readonly chains = new Map<object, readonly CanActivate[]>();

  constructor(
    private readonly moduleRef: ModuleRef,
    private readonly config: ApplicationConfig,
    @Inject(MODULE_GUARDS) private readonly everywhere: readonly GuardType[],
  ) {}

  async prepare(gateways: readonly DiscoveredGateway[]): Promise<void> {
    const shared = new Map<GuardType, Promise<CanActivate>>();
    const last = preparesNoBodies(this.config) ? [UnpreparedBodyGuard] : [];
    for (const { instance, options, moduleRef } of gateways) {
      const own = options?.guards ?? [];
      const guards = [...orderOf(own, this.everywhere), ...last].map((guard) => {
        if (own.includes(guard)) return instanceOf(guard, moduleRef);
        const made = shared.get(guard) ?? instanceOf(guard, this.moduleRef);
        shared.set(guard, made);
        return made;
      });
      this.chains.set(instance.constructor, await Promise.all(guards));
    }
  }

  /** @throws Error when the gateway is none that was prepared, so that nothing passes unguarded */
  of(gateway: object): readonly CanActivate[] {
    const chain = this.chains.get(gateway);
    if (!chain) throw new Error('This gateway was not there when the application started.');
    return chain;
  }
}

function orderOf(own: readonly GuardType[], everywhere: readonly GuardType[]): GuardType[] {
  const chain = BUILT_IN.map(
    (builtIn) => replacementOf(builtIn, own) ?? replacementOf(builtIn, everywhere) ?? builtIn,
  );
  const isReplacement = (guard: GuardType): boolean =>
    BUILT_IN.some((builtIn) => extendsClass(guard, builtIn));
  const others = [...everywhere, ...own].filter((guard) => !isReplacement(guard));
  return [...new Set([...chain, ...others])];
}

function replacementOf(builtIn: GuardType, guards: readonly GuardType[]): GuardType | undefined {
  return guards.find((guard) => extendsClass(guard, builtIn));
}

function extendsClass(guard: GuardType, base: GuardType): boolean {
  return guard === base || guard.prototype instanceof base;
}
