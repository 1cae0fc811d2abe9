import type { CanActivate, Type } from '@nestjs/common';
import type { PathCounters } from '../counters/path-counters.js';
import { WsAuthGuard } from '../auth/ws-auth.guard.js';
import { WsAuthorizationGuard } from '../auth/ws-authorization.guard.js';
import type { BuiltInGuards, EventTarget } from '../messages/event-target.interface.js';
import type { Faults } from '../faults/faults.js';
import { HandlerFilters } from '../messages/handler-filters.js';
import type { WsExceptionFilter } from '../messages/ws-exception.filter.js';
import { INTERCEPTORS_METADATA } from '../nest/metadata-keys.js';
import { WsThrottlerGuard } from '../throttling/ws-throttler.guard.js';
import { boundFiltersOf } from './enhancers/bound-filters.js';
import { GatewayFilter } from './enhancers/gateway-enhancers.js';
import type { DiscoveredGateway } from './gateway-explorer.js';
import { boundOn } from './enhancers/ws-filter-chain.js';

interface Chosen {
  readonly filter: WsExceptionFilter;
  readonly hasOwnFilter: boolean;
}

/**
 * The targets of the events of a gateway. The built-in guards can be called before Nest if they have not been changed
 * and no filter of the application would handle their exceptions.
 *
 * @param guards the built-in guards or their replacements, in the order authentication, throttler, authorization
 * @param chosen the filter of all gateways, and whether it is the built-in one
 * @param isIntercepted whether the application has interceptors for all handlers
 * @param counters of the path
 */
export function eventTargetsOf(
  { instance, handlers, moduleRef }: DiscoveredGateway,
  [authentication, throttler, authorization]: readonly CanActivate[],
  { filter, hasOwnFilter }: Chosen,
  isIntercepted: boolean,
  faults: Faults,
  counters: PathCounters,
): [event: string, target: EventTarget][] {
  const gateway = instance.constructor as Type;
  const guards = { authentication, throttler, authorization } as BuiltInGuards;
  const isAskable = areBuiltIn(guards) && hasOwnFilter && hasNoOtherFilter(gateway);
  return handlers.map(({ event, callback: handler }) => {
    const target: EventTarget = {
      gateway,
      handler,
      guards: isAskable && boundOn(handler).length === 0 ? guards : undefined,
      filters: new HandlerFilters(boundFiltersOf(gateway, handler, moduleRef, filter), faults),
      isIntercepted:
        isIntercepted || [gateway, handler].some((one) => Reflect.hasMetadata(INTERCEPTORS_METADATA, one)),
      counters: counters.introduce(event as string),
    };
    return [event as string, target];
  });
}

function areBuiltIn({ authentication, throttler, authorization }: BuiltInGuards): boolean {
  return (
    // It is called again when the message is handled, and a subclass may expect only one call.
    authentication.constructor === WsAuthGuard &&
    answersLike(throttler, WsThrottlerGuard) &&
    answersLike(authorization, WsAuthorizationGuard)
  );
}

function answersLike(guard: CanActivate, type: Type<CanActivate>): boolean {
  // oxlint-disable-next-line typescript/unbound-method -- compared, not called
  return guard.canActivate === (type.prototype as CanActivate).canActivate;
}

function hasNoOtherFilter(gateway: Type): boolean {
  return boundOn(gateway).every((filter) => filter === GatewayFilter);
}
