import { type CanActivate, Inject, Injectable } from '@nestjs/common';
import { ApplicationConfig, ModuleRef } from '@nestjs/core';
import type { ConfigurationProblem } from '../../errors/configuration.error.js';
import type { DiscoveredGateway } from '../gateway-explorer.js';
import { clashesIn, type GuardType, orderOf } from './guard-order.js';
import { providedInstanceOf } from '../../nest/provided-instance.js';
import { preparesNoBodies, UnpreparedBodyGuard } from './unprepared-body.guard.js';

/** Token of the guard classes in `forRoot({ guards })`. */
export const MODULE_GUARDS = Symbol('MODULE_GUARDS');

/** The guards of each gateway, created once. */
@Injectable()
export class GuardChains {
  private readonly chains = new Map<object, readonly CanActivate[]>();

  constructor(
    private readonly moduleRef: ModuleRef,
    private readonly config: ApplicationConfig,
    @Inject(MODULE_GUARDS) private readonly everywhere: readonly GuardType[],
  ) {}

  problemsOf(gateways: readonly DiscoveredGateway[]): ConfigurationProblem[] {
    return [
      ...clashesIn('WsSecurityModule', this.everywhere),
      ...gateways.flatMap(({ name, options }) => clashesIn(name, options?.guards ?? [])),
    ];
  }

  async prepare(gateways: readonly DiscoveredGateway[]): Promise<void> {
    const shared = new Map<GuardType, Promise<CanActivate>>();
    const last = preparesNoBodies(this.config) ? [UnpreparedBodyGuard] : [];
    for (const { instance, options, moduleRef } of gateways) {
      const own = options?.guards ?? [];
      const guards = [...orderOf(own, this.everywhere), ...last].map((guard) => {
        if (own.includes(guard)) return providedInstanceOf(guard, moduleRef);
        const made = shared.get(guard) ?? providedInstanceOf(guard, this.moduleRef);
        shared.set(guard, made);
        return made;
      });
      this.chains.set(instance.constructor, await Promise.all(guards));
    }
  }

  /** @throws Error if the gateway was not prepared, so that no message passes without guards */
  of(gateway: object): readonly CanActivate[] {
    const chain = this.chains.get(gateway);
    if (!chain)
      throw new Error('The guards of this gateway have not been prepared; load its module before the start.');
    return chain;
  }
}
