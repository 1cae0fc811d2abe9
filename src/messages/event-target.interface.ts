import type { Type } from '@nestjs/common';
import type { WsAuthGuard } from '../auth/ws-auth.guard.js';
import type { WsAuthorizationGuard } from '../auth/ws-authorization.guard.js';
import type { WsThrottlerGuard } from '../throttling/ws-throttler.guard.js';
import type { HandlerFilters } from './handler-filters.js';

/** Where an event goes, and what is around its handler. */
export interface EventTarget {
  readonly gateway: Type;
  // oxlint-disable-next-line typescript/no-unsafe-function-type -- what Nest calls a handler
  readonly handler: Function;
  /** The built-in guards, or what took their places; undefined when only Nest can ask them. */
  readonly guards: BuiltInGuards | undefined;
  /** What is asked about its exceptions. */
  readonly filters: HandlerFilters;
  /** Whether interceptors are around it. */
  readonly isIntercepted: boolean;
}

export interface BuiltInGuards {
  readonly authentication: WsAuthGuard;
  readonly throttler: WsThrottlerGuard;
  readonly authorization: WsAuthorizationGuard;
}
