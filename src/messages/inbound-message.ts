import type { ErrorCode } from '../protocol/error-code.js';
import type { FrameId } from '../protocol/envelope.js';

/** One frame on its way through the gateway; guards and filters find it among the handler's arguments. */
export class InboundMessage {
  /** The error that was sent, if one was: no acknowledgement follows. */
  failure: ErrorCode | undefined;

  constructor(
    readonly event: string,
    readonly data: unknown,
    readonly id: FrameId | undefined,
  ) {}
}
