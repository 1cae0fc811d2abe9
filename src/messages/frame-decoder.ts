import { Injectable } from '@nestjs/common';
import { BadMessageException } from '../errors/ws-exceptions.js';
import type { ResolvedOptions } from '../options/options.schema.js';
import { InjectSecurityOptions } from '../options/options.token.js';
import type { FrameId } from '../protocol/envelope.js';
import { hasOnlyMembers } from '../validation/json-members.js';
import { JsonMeasure } from '../validation/json-measure.js';
import { hasLoneSurrogate } from '../validation/lone-surrogate.js';
import { InboundMessage } from './inbound-message.js';

const MAX_NAME_LENGTH = 128;

/**
 * What a duplicate (`"":0` and a comma) or a lone surrogate (`\ud800` for one character) adds to a text at least,
 * beyond what its value needs. Most messages are as short as they can be, and are done here.
 */
const LEAST_AMBIGUITY = 5;

/** Text to envelope, once per frame: what comes out means one thing and is small enough for everybody behind. */
@Injectable()
export class FrameDecoder {
  private readonly measure: JsonMeasure;

  constructor(@InjectSecurityOptions() options: ResolvedOptions) {
    this.measure = new JsonMeasure(options);
  }

  /** @throws BadMessageException, with the id of the request unless it is in doubt */
  decode(text: string): InboundMessage {
    const frame = parse(text);
    const { event, data, id } = frame;
    if (!isId(id)) throw new BadMessageException();
    const length = this.leastLength(frame);
    if (!isName(event) || length > text.length) throw new BadMessageException({ id });
    if (text.length - length >= LEAST_AMBIGUITY && !this.isUnambiguous(text, frame))
      throw new BadMessageException();
    return new InboundMessage(event, data, id);
  }

  /** Members beside these three are not counted: they show in the text like duplicates. */
  private leastLength(frame: Record<string, unknown>): number {
    const { measure } = this;
    return (
      measure.start() +
      measure.ofMember('event', frame['event']) +
      measure.ofMember('data', frame['data']) +
      measure.ofMember('id', frame['id'])
    );
  }

  private isUnambiguous(text: string, frame: Record<string, unknown>): boolean {
    if (!hasOnlyMembers(text, this.measure.memberCount)) return false;
    return !text.includes('\\u') || !hasLoneSurrogate(frame);
  }
}

function parse(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new BadMessageException({ cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new BadMessageException();
  return value as Record<string, unknown>;
}

function isName(event: unknown): event is string {
  return typeof event === 'string' && event !== '' && event.length <= MAX_NAME_LENGTH;
}

/** The answer carries the same id: a number that was rounded would be another one. */
function isId(id: unknown): id is FrameId | undefined {
  if (typeof id === 'number')
    return Number.isSafeInteger(id) || (Number.isFinite(id) && !Number.isInteger(id));
  return id === undefined || (typeof id === 'string' && id.length <= MAX_NAME_LENGTH);
}
