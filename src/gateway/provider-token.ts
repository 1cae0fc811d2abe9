import type { InjectionToken, Provider } from '@nestjs/common';

/** The providers that `forRoot({ providers })` named. */
export const MODULE_PROVIDERS = Symbol('MODULE_PROVIDERS');

/** What a provider is asked for by. */
export function tokenOf(provider: Provider): InjectionToken {
  return typeof provider === 'function' ? provider : provider.provide;
}
