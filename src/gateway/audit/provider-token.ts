import type { InjectionToken, Provider } from '@nestjs/common';

/** The providers that `forRoot({ providers })` named. */
export const MODULE_PROVIDERS = Symbol('MODULE_PROVIDERS');

export function providersIn(given: unknown): readonly Provider[] {
  return Array.isArray(given) ? (given as Provider[]) : [];
}

/** What a provider is asked for by. */
export function tokenOf(provider: Provider): InjectionToken {
  return typeof provider === 'function' ? provider : provider.provide;
}
