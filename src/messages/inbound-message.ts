import type { Principal } from '../connection/principal.js';
import type { ErrorCode } from '../protocol/error-code.js';
import type { FrameId } from '../protocol/envelope.js';
import type { HandlerFilters } from './handler-filters.js';

/** One message on its way through the gateway. Guards and filters find it among the arguments of the handler. */
export class InboundMessage {
  /** The code of the error that the message ended with, if any; then no acknowledgement follows. */
  failure: ErrorCode | undefined = undefined;
  /** What refused the message, as in security events. Accepted messages do not have this property. */
  declare rule?: string | undefined;
  /** Whether the application refused the message with an exception of Nest. Such failures are not violations. */
  isOwnRefusal = false;
  /** Whether the throttler has counted the message, or the promise of that. */
  counted: true | Promise<boolean> | undefined = undefined;
  /** The filters for exceptions; undefined if only Nest can call them. */
  filters: HandlerFilters | undefined = undefined;
  /** Resolves when an asynchronous filter is done. */
  filtered: Promise<void> | undefined = undefined;
  /** Whether the module or the application has answered with an error. */
  answeredBy: 'module' | 'application' | undefined = undefined;
  /** The principal that was authorized to send the message. */
  admittedAs: Principal | undefined = undefined;

  constructor(
    readonly event: string,
    readonly data: unknown,
    readonly id: FrameId | undefined,
  ) {}
}

/** Index of the message in the arguments of the handler. */
export const MESSAGE_ARGUMENT = 3;
