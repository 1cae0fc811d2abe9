import type { CanActivate, Type } from '@nestjs/common';
import { WsAuthGuard } from '../auth/ws-auth.guard.js';
import { WsAuthorizationGuard } from '../auth/ws-authorization.guard.js';
import type { EventTarget } from '../messages/event-target.interface.js';
import { WsExceptionFilter } from '../messages/ws-exception.filter.js';
import { WsThrottlerGuard } from '../throttling/ws-throttler.guard.js';
import type { DiscoveredGateway } from './gateway-explorer.js';

// `EXCEPTION_FILTERS_METADATA` of @nestjs/common.
const FILTERS = '__exceptionFilters__';

type Handlers = Readonly<Record<string, () => unknown>>;

/**
 * The events of a gateway whose built-in guards can be asked before Nest: guards that answer as the built-in ones do,
 * and no filter of the application's that would want to see what they throw.
 *
 * @param guards in the order authentication, throttler, authorization
 */
export function eventTargetsOf(
  { instance, handlers }: DiscoveredGateway,
  [authentication, throttler, authorization]: readonly CanActivate[],
): Map<string, EventTarget> {
  const gateway = instance.constructor as Type;
  const guards = { authentication, throttler, authorization } as EventTarget['guards'];
  const targets = new Map<string, EventTarget>();
  // It is asked again when the turn of a message comes, and who has steps of its own may count on being asked once.
  if (guards.authentication.constructor !== WsAuthGuard) return targets;
  if (!answersLike(guards.throttler, WsThrottlerGuard)) return targets;
  if (!answersLike(guards.authorization, WsAuthorizationGuard)) return targets;
  if (!hasOnlyOwnFilter(gateway)) return targets;
  for (const { event, method } of handlers) {
    const handler = (instance as Handlers)[method];
    if (handler && !Reflect.hasMetadata(FILTERS, handler)) targets.set(event, { gateway, handler, guards });
  }
  return targets;
}

function answersLike(guard: CanActivate, type: Type<CanActivate>): boolean {
  // oxlint-disable-next-line typescript/unbound-method -- compared, not called
  return guard.canActivate === (type.prototype as CanActivate).canActivate;
}

function hasOnlyOwnFilter(gateway: Type): boolean {
  const filters = (Reflect.getMetadata(FILTERS, gateway) ?? []) as unknown[];
  return filters.every((filter) => filter === WsExceptionFilter);
}
