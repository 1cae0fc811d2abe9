import type { CanActivate, Type } from '@nestjs/common';
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
 * Where the events of a gateway go. The built-in guards can be asked before Nest where they answer as the built-in ones
 * do, and no filter of the application's would want to see what they throw.
 *
 * @param guards in the order authentication, throttler, authorization
 * @param chosen the filter of all gateways, and whether it is the module's own
 * @param isIntercepted whether the application has interceptors for all handlers
 */
export function eventTargetsOf(
  { instance, handlers, moduleRef }: DiscoveredGateway,
  [authentication, throttler, authorization]: readonly CanActivate[],
  { filter, hasOwnFilter }: Chosen,
  isIntercepted: boolean,
  faults: Faults,
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
    };
    return [event as string, target];
  });
}

function areBuiltIn({ authentication, throttler, authorization }: BuiltInGuards): boolean {
  return (
    // It is asked again when the turn of a message comes; who has steps of its own may count on being asked once.
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
