import { Injectable } from '@nestjs/common';
import { BadMessageException } from '../errors/ws-exceptions.js';
import type { FrameId } from '../protocol/envelope.js';
import { InboundMessage } from './inbound-message.js';

const MAX_NAME_LENGTH = 128;
const ENVELOPE_KEYS = new Set(['event', 'data', 'id']);

/** Bytes to envelope, once per frame. */
@Injectable()
export class FrameDecoder {
  /** @throws BadMessageException */
  decode(text: string): InboundMessage {
    const frame = this.parse(text);
    const { event, data, id } = frame;
    if (typeof event !== 'string' || event === '' || event.length > MAX_NAME_LENGTH)
      throw new BadMessageException();
    if (id !== undefined && !this.isId(id)) throw new BadMessageException();
    if (!Object.keys(frame).every((key) => ENVELOPE_KEYS.has(key))) throw new BadMessageException();
    return new InboundMessage(event, data, id);
  }

  private parse(text: string): Record<string, unknown> {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (cause) {
      throw new BadMessageException({ cause });
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new BadMessageException();
    return value as Record<string, unknown>;
  }

  private isId(id: unknown): id is FrameId {
    return typeof id === 'string' ? id.length <= MAX_NAME_LENGTH : Number.isFinite(id);
  }
}
