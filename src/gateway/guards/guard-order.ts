import type { CanActivate, Type } from '@nestjs/common';
import { WsAuthGuard } from '../../auth/ws-auth.guard.js';
import { WsAuthorizationGuard } from '../../auth/ws-authorization.guard.js';
import type { ConfigurationProblem } from '../../errors/configuration.error.js';
import { WsThrottlerGuard } from '../../throttling/ws-throttler.guard.js';
import { isClassList } from '../audit/class-list.js';

export type GuardType = Type<CanActivate>;

/** Who you are, how often, what you may: refused attempts count too. */
const BUILT_IN: readonly GuardType[] = [WsAuthGuard, WsThrottlerGuard, WsAuthorizationGuard];

/** Where they stand in a chain. */
export const THROTTLER = 1;
export const AUTHORIZATION = 2;

/**
 * The built-in guards, each replaced by a subclass that the gateway or else the module names, then the others in the
 * order module, gateway.
 */
export function orderOf(own: readonly GuardType[], everywhere: readonly GuardType[]): GuardType[] {
  const chain = BUILT_IN.map(
    (builtIn) => replacementsOf(builtIn, own)[0] ?? replacementsOf(builtIn, everywhere)[0] ?? builtIn,
  );
  const isReplacement = (guard: GuardType): boolean =>
    BUILT_IN.some((builtIn) => extendsClass(guard, builtIn));
  const others = [...everywhere, ...own].filter((guard) => !isReplacement(guard));
  return [...new Set([...chain, ...others])];
}

/** Only one guard can take the place of a built-in one: another one beside it would never be asked. */
export function clashesIn(name: string, guards: unknown): ConfigurationProblem[] {
  // Anything else is a problem of its own.
  if (!isClassList(guards)) return [];
  return BUILT_IN.flatMap((builtIn) => {
    const names = replacementsOf(builtIn, guards as GuardType[]).map((guard) => guard.name);
    if (names.length < 2) return [];
    const message = `names more than one guard for the place of ${builtIn.name}: ${names.join(', ')}; let one of them extend the other and name that one, or let it extend none of the built-in ones`;
    return [{ name, message }];
  });
}

function replacementsOf(builtIn: GuardType, guards: readonly GuardType[]): GuardType[] {
  return [...new Set(guards)].filter((guard) => extendsClass(guard, builtIn));
}

function extendsClass(guard: GuardType, base: GuardType): boolean {
  return guard === base || guard.prototype instanceof base;
}
