import type { InjectionToken, Provider } from '@nestjs/common';

/** Token of the providers in `forRoot({ providers })`. */
export const MODULE_PROVIDERS = Symbol('MODULE_PROVIDERS');

export function providersIn(given: unknown): readonly Provider[] {
  return Array.isArray(given) ? (given as Provider[]) : [];
}

/** The token of a provider. */
export function tokenOf(provider: Provider): InjectionToken {
  return typeof provider === 'function' ? provider : provider.provide;
}
