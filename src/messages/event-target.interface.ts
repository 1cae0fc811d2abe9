import type { Type } from '@nestjs/common';
import type { WsAuthGuard } from '../auth/ws-auth.guard.js';
import type { WsAuthorizationGuard } from '../auth/ws-authorization.guard.js';
import type { WsThrottlerGuard } from '../throttling/ws-throttler.guard.js';
import type { EventCounters } from '../counters/event-counters.js';
import type { DirectCall } from './direct-call.js';
import type { HandlerFilters } from './handler-filters.js';

/** The handler of an event, and its guards, filters and interceptors. */
export interface EventTarget {
  readonly gateway: Type;
  // oxlint-disable-next-line typescript/no-unsafe-function-type -- the type of handlers in Nest
  readonly handler: Function;
  /** The built-in guards or their replacements; undefined if only Nest can call them. */
  readonly guards: BuiltInGuards | undefined;
  /** The filters for exceptions of the handler. */
  readonly filters: HandlerFilters;
  /** Calls the handler without Nest; undefined if only Nest can call it. */
  readonly direct: DirectCall | undefined;
  /** Whether the handler has interceptors. */
  readonly isIntercepted: boolean;
  /** What is counted of its messages. */
  readonly counters: EventCounters;
}

export interface BuiltInGuards {
  readonly authentication: WsAuthGuard;
  readonly throttler: WsThrottlerGuard;
  readonly authorization: WsAuthorizationGuard;
}
