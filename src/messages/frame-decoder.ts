import { Injectable } from '@nestjs/common';
import { BadMessageException } from '../errors/ws-exceptions.js';
import type { ResolvedOptions } from '../options/options.schema.js';
import { InjectSecurityOptions } from '../options/options.token.js';
import type { FrameId } from '../protocol/envelope.js';
import { isEventName } from '../protocol/event-name.js';
import { hasOneMember, hasOnlyMembers } from '../validation/json-members.js';
import { JsonMeasure } from '../validation/json-measure.js';
import { hasLoneSurrogate } from '../validation/lone-surrogate.js';
import { InboundMessage } from './inbound-message.js';

const MAX_ID_LENGTH = 128;

/**
 * What a duplicate (`"":0` and a comma) or a lone surrogate (`\ud800` for one character) adds to a text at least,
 * beyond what its value needs. Most messages are as short as they can be, and are done here.
 */
const LEAST_AMBIGUITY = 5;

/** A text that is no message; the id of the request unless it is in doubt. */
export interface Unreadable {
  readonly id: FrameId | undefined;
}

const UNREADABLE: Unreadable = { id: undefined };

/** Text to envelope, once per frame: what comes out means one thing and is small enough for everybody behind. */
@Injectable()
export class FrameDecoder {
  private readonly measure: JsonMeasure;

  constructor(@InjectSecurityOptions() options: ResolvedOptions) {
    this.measure = new JsonMeasure(options);
  }

  /** @throws BadMessageException, with the id of the request unless it is in doubt */
  decode(text: string): InboundMessage {
    const message = this.read(text);
    if (message instanceof InboundMessage) return message;
    throw new BadMessageException(message);
  }

  /** As {@link decode}, for callers that refuse many: an exception costs more than all the rest. */
  read(text: string): InboundMessage | Unreadable {
    const frame = parse(text);
    if (!frame) return UNREADABLE;
    const { event, data, id } = frame;
    if (!isId(id)) return UNREADABLE;
    const length = this.leastLength(frame);
    if (!isEventName(event) || length > text.length) return unreadable(text, id);
    if (text.length - length >= LEAST_AMBIGUITY && !this.isUnambiguous(text, frame))
      return unreadable(text, id);
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

/** Whatever is wrong with the rest of a frame: an `id` that was written once, and can be written back, is in no doubt. */
function unreadable(text: string, id: FrameId | undefined): Unreadable {
  return id !== undefined && !hasLoneSurrogate(id) && hasOneMember(text, 'id') ? { id } : UNREADABLE;
}

function parse(text: string): Record<string, unknown> | undefined {
  if (!looksLikeObject(text)) return undefined;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

/** Tells most garbage apart without an error of the parser, which costs more than all the rest. */
function looksLikeObject(text: string): boolean {
  return (
    (text.startsWith('{') || text.trimStart().startsWith('{')) &&
    (text.endsWith('}') || text.trimEnd().endsWith('}'))
  );
}

/** The answer carries the same id: a number that was rounded would be another one. */
function isId(id: unknown): id is FrameId | undefined {
  if (typeof id === 'number')
    return Number.isSafeInteger(id) || (Number.isFinite(id) && !Number.isInteger(id));
  return id === undefined || (typeof id === 'string' && id.length <= MAX_ID_LENGTH);
}
