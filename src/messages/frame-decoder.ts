import { Injectable } from '@nestjs/common';
import { BadMessageException } from '../errors/ws-exceptions.js';
import { restoreStacks, suspendStacks } from '../errors/without-stack.js';
import type { ResolvedOptions } from '../options/options.schema.js';
import { InjectSecurityOptions } from '../options/options.token.js';
import type { FrameId } from '../protocol/envelope.js';
import { isEventName } from '../protocol/event-name.js';
import { isJson } from '../validation/is-json.js';
import { hasOneMember, hasOnlyMembers } from '../validation/json-members.js';
import { JsonMeasure } from '../validation/json-measure.js';
import { hasLoneSurrogate } from '../validation/lone-surrogate.js';
import { InboundMessage } from './inbound-message.js';

const MAX_ID_LENGTH = 128;

/**
 * The least number of characters that a duplicate member (`"":0` and a comma) or a lone surrogate (`\ud800` for one
 * character) adds to a text. Most messages have no extra characters and need no further check.
 */
const LEAST_AMBIGUITY = 5;

/** For a longer text, the error of the parser is not what costs most. */
const LONGEST_CHECKED = 1024;

/** The result for a text that is not a message; `id` is undefined if it is ambiguous. */
export interface Unreadable {
  readonly id: FrameId | undefined;
}

const UNREADABLE: Unreadable = { id: undefined };

/** Parses a frame once. The result is unambiguous and within the limits of JSON. */
@Injectable()
export class FrameDecoder {
  private readonly measure: JsonMeasure;

  constructor(@InjectSecurityOptions() options: ResolvedOptions) {
    this.measure = new JsonMeasure(options);
  }

  /** @throws BadMessageException with the id of the request, unless the id is ambiguous */
  decode(text: string): InboundMessage {
    const message = this.read(text);
    if (message instanceof InboundMessage) return message;
    throw new BadMessageException(message);
  }

  /**
   * As {@link decode}, but without an exception, which would cost more than the rest of a refusal.
   *
   * @param isDoubtful whether the text is likely to be malformed
   */
  read(text: string, isDoubtful = false): InboundMessage | Unreadable {
    const frame = parse(text, isDoubtful);
    if (!frame) return UNREADABLE;
    const { event, data, id } = frame;
    if (!isId(id)) return UNREADABLE;
    const length = this.leastLength(frame);
    if (!isEventName(event) || length > text.length) return unreadable(text, id);
    if (text.length - length >= LEAST_AMBIGUITY && !this.isUnambiguous(text, frame))
      return unreadable(text, id);
    return new InboundMessage(event, data, id);
  }

  /** Other members are not counted, so they are found like duplicates. */
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

/** Returns the `id` of an invalid frame, if it occurs once and can be encoded. */
function unreadable(text: string, id: FrameId | undefined): Unreadable {
  return id !== undefined && !hasLoneSurrogate(id) && hasOneMember(text, 'id') ? { id } : UNREADABLE;
}

function parse(text: string, isDoubtful: boolean): Record<string, unknown> | undefined {
  if (!looksLikeObject(text)) return undefined;
  if (isDoubtful && text.length <= LONGEST_CHECKED && !isJson(text)) return undefined;
  // An error with a stack would cost three times as much.
  const stacks = suspendStacks();
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  } finally {
    restoreStacks(stacks);
  }
}

/** Detects most invalid texts without an error of the parser, which would cost more than the rest. */
function looksLikeObject(text: string): boolean {
  return (
    (text.startsWith('{') || text.trimStart().startsWith('{')) &&
    (text.endsWith('}') || text.trimEnd().endsWith('}'))
  );
}

/** The answer has the same id, so a number must not be rounded. */
function isId(id: unknown): id is FrameId | undefined {
  if (typeof id === 'number')
    return Number.isSafeInteger(id) || (Number.isFinite(id) && !Number.isInteger(id));
  return id === undefined || (typeof id === 'string' && id.length <= MAX_ID_LENGTH);
}
