import type { ArgumentsHost, ExecutionContext } from '@nestjs/common';
import type { Principal } from '../connection/principal.js';
import type { WsSecurityException } from '../errors/ws-security.exception.js';
import type { ErrorCode } from '../protocol/error-code.js';
import type { FrameId } from '../protocol/envelope.js';

/** What is done about an exception that a message has caused. */
export interface MessageFilters {
  /** Never throws. */
  handle(exception: unknown, host: ArgumentsHost, message: InboundMessage): void;
}

/** One message on its way through the gateway. Guards and filters find it among the arguments of the handler. */
export class InboundMessage {
  /** The code of the error that the message ended with, if any; then no acknowledgement follows. */
  failure: ErrorCode | undefined = undefined;
  /** What refused the message, as in security events. Accepted messages do not have this property. */
  declare rule?: string | undefined;
  /** The exception of the module that it ended with. Accepted messages do not have this property. */
  declare exception?: WsSecurityException | undefined;
  /** Whether the application refused the message with an exception of Nest. Such failures are not violations. */
  isOwnRefusal = false;
  /** Whether the throttler has counted the message, or the promise of that. */
  counted: true | Promise<boolean> | undefined = undefined;
  /** The filters for exceptions; undefined if only Nest can call them. */
  filters: MessageFilters | undefined = undefined;
  /** Resolves when an asynchronous filter is done. */
  filtered: Promise<void> | undefined = undefined;
  /** Whether the module or the application has answered with an error. */
  answeredBy: 'module' | 'application' | undefined = undefined;
  /** The principal that the authorization was decided for. */
  admittedAs: Principal | undefined = undefined;
  /** That decision, or the promise of it. */
  admitted: true | Promise<boolean> = true;

  /** The execution context that the built-in guards were asked with. */
  context: ExecutionContext | undefined = undefined;

  constructor(
    readonly event: string,
    readonly data: unknown,
    readonly id: FrameId | undefined,
  ) {}
}

/** Index of the message in the arguments of the handler. */
export const MESSAGE_ARGUMENT = 3;
