import type { FrameId } from '../protocol/envelope.js';

/** One frame on its way through the gateway; guards and filters find it among the handler's arguments. */
export class InboundMessage {
  /** Set when an error frame was sent, so that no acknowledgement follows. */
  failed = false;

  constructor(
    readonly event: string,
    readonly data: unknown,
    readonly id: FrameId | undefined,
  ) {}
}
