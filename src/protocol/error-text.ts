import type { ErrorBody, FrameId } from './envelope.js';
import { PushText } from './push-text.js';
import { ReservedEvent } from './reserved-event.js';

const known = new WeakMap<ErrorBody, PushText>();

/**
 * Serializes an error frame.
 *
 * @param retryAfterMs the member of this name, if the body does not have it
 */
export function errorText(body: ErrorBody, id: FrameId | undefined, retryAfterMs?: number): string {
  const { head } = sharedErrorText(body) ?? textOf(body);
  let { text } = head;
  if (retryAfterMs !== undefined)
    text = `${text.slice(0, -1)},"retryAfterMs":${JSON.stringify(retryAfterMs)}}`;
  return id === undefined ? `${text}}` : `${text},"id":${JSON.stringify(id)}}`;
}

/** Serializes an error frame without `id` once for all recipients. Only for frozen bodies, which never change. */
export function sharedErrorText(body: ErrorBody): PushText | undefined {
  if (!Object.isFrozen(body)) return undefined;
  let text = known.get(body);
  if (text === undefined) known.set(body, (text = textOf(body)));
  return text;
}

function textOf(body: ErrorBody): PushText {
  return new PushText(ReservedEvent.EXCEPTION, JSON.stringify(body));
}
