import type { Principal } from '../connection/principal.js';
import type { ErrorCode } from '../protocol/error-code.js';
import type { FrameId } from '../protocol/envelope.js';
import type { HandlerFilters } from './handler-filters.js';

/** One frame on its way through the gateway; guards and filters find it among the handler's arguments. */
export class InboundMessage {
  /** The error that it ended in, if it did: no acknowledgement follows. */
  failure: ErrorCode | undefined = undefined;
  /** Whether it has been counted on its budgets, or what will come of it. */
  counted: true | Promise<boolean> | undefined = undefined;
  /** What is asked about exceptions; undefined where only Nest can. */
  filters: HandlerFilters | undefined = undefined;
  /** Resolves when a filter that takes its time is done. */
  filtered: Promise<void> | undefined = undefined;
  /** Who has told the client that it failed. */
  answeredBy: 'module' | 'application' | undefined = undefined;
  /** Who was allowed to send it. */
  admittedAs: Principal | undefined = undefined;

  constructor(
    readonly event: string,
    readonly data: unknown,
    readonly id: FrameId | undefined,
  ) {}
}

/** Where Nest finds the message among a handler's arguments. */
export const MESSAGE_ARGUMENT = 3;
