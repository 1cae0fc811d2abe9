import type { CanActivate, Type } from '@nestjs/common';
import { WsAuthGuard } from '../../auth/ws-auth.guard.js';
import { WsAuthorizationGuard } from '../../auth/ws-authorization.guard.js';
import type { ConfigurationProblem } from '../../errors/configuration.error.js';
import { WsThrottlerGuard } from '../../throttling/ws-throttler.guard.js';
import { isClassList } from '../audit/class-list.js';

export type GuardType = Type<CanActivate>;

/**
 * Authentication, throttling, authorization. The throttler comes before authorization, so that refused attempts count
 * too.
 */
const BUILT_IN: readonly GuardType[] = [WsAuthGuard, WsThrottlerGuard, WsAuthorizationGuard];

/** Indexes in a chain. */
export const THROTTLER = 1;
export const AUTHORIZATION = 2;

/**
 * The built-in guards, then the others of the module, then those of the gateway. A subclass of a built-in guard in the
 * gateway, or else in the module, replaces it.
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

/** Reports more than one replacement of a built-in guard: only one would be called. */
export function clashesIn(name: string, guards: unknown): ConfigurationProblem[] {
  // Other values are reported elsewhere.
  if (!isClassList(guards)) return [];
  return BUILT_IN.flatMap((builtIn) => {
    const names = replacementsOf(builtIn, guards as GuardType[]).map((guard) => guard.name);
    if (names.length < 2) return [];
    const message =
      `names more than one replacement of ${builtIn.name}: ${names.join(', ')}; ` +
      'name only one, which may extend the other, or do not let the other extend a built-in guard';
    return [{ name, message }];
  });
}

function replacementsOf(builtIn: GuardType, guards: readonly GuardType[]): GuardType[] {
  return [...new Set(guards)].filter((guard) => extendsClass(guard, builtIn));
}

function extendsClass(guard: GuardType, base: GuardType): boolean {
  return guard === base || guard.prototype instanceof base;
}
