import type { CanActivate, Type } from '@nestjs/common';
import type { PathCounters } from '../counters/path-counters.js';
import { WsAuthGuard } from '../auth/ws-auth.guard.js';
import { WsAuthorizationGuard } from '../auth/ws-authorization.guard.js';
import type { BuiltInGuards, EventTarget } from '../messages/event-target.interface.js';
import type { MessageFaults } from '../messages/message-faults.js';
import { HandlerFilters } from '../messages/handler-filters.js';
import type { WsExceptionFilter } from '../messages/ws-exception.filter.js';
import { INTERCEPTORS_METADATA } from '../nest/metadata-keys.js';
import { WsThrottlerGuard } from '../throttling/ws-throttler.guard.js';
import type { WsValidationPipe } from '../validation/ws-validation.pipe.js';
import { directCallOf } from './direct-calls.js';
import { boundFiltersOf } from './enhancers/bound-filters.js';
import { GatewayFilter } from './enhancers/gateway-enhancers.js';
import type { DiscoveredGateway } from './gateway-explorer.js';
import { boundOn } from './enhancers/ws-filter-chain.js';

interface Chosen {
  readonly pipe: WsValidationPipe;
  readonly filter: WsExceptionFilter;
  readonly hasOwnFilter: boolean;
}

/** What the application has for all of its handlers. */
interface ApplicationEnhancers {
  readonly isIntercepted: boolean;
  /** Whether guards or pipes, or a tool, must see every message in Nest. */
  readonly needsNest: boolean;
}

/**
 * The targets of the events of a gateway. The built-in guards can be called before Nest if they have not been changed
 * and no filter of the application would handle their exceptions.
 *
 * @param chain the built-in guards or their replacements, in the order authentication, throttler, authorization, and
 *   the guards of the application
 * @param chosen the pipe and the filter of all gateways, and whether the filter is the built-in one
 * @param everywhere what the application has for all handlers
 * @param counters of the path
 */
export function eventTargetsOf(
  discovered: DiscoveredGateway,
  chain: readonly CanActivate[],
  { pipe, filter, hasOwnFilter }: Chosen,
  everywhere: ApplicationEnhancers,
  faults: MessageFaults,
  counters: PathCounters,
): [event: string, target: EventTarget][] {
  const { instance, handlers, moduleRef, isRequestScoped } = discovered;
  const [authentication, throttler, authorization, ...others] = chain;
  const gateway = instance.constructor as Type;
  const guards = { authentication, throttler, authorization } as BuiltInGuards;
  const isAskable = areBuiltIn(guards) && hasOwnFilter && hasNoOtherFilter(gateway);
  return handlers.map((found) => {
    const { event, callback: handler } = found;
    const isIntercepted =
      everywhere.isIntercepted ||
      [gateway, handler].some((one) => Reflect.hasMetadata(INTERCEPTORS_METADATA, one));
    const asked = isAskable && boundOn(handler).length === 0 ? guards : undefined;
    const needsNest = !asked || others.length > 0 || isIntercepted || isRequestScoped || everywhere.needsNest;
    const target: EventTarget = {
      gateway,
      handler,
      guards: asked,
      direct: needsNest ? undefined : directCallOf(discovered, found, pipe),
      filters: new HandlerFilters(boundFiltersOf(gateway, handler, moduleRef, filter), faults),
      isIntercepted,
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
