import type { ErrorBody, FrameId } from './envelope.js';
import { PushText } from './push-text.js';
import { ReservedEvent } from './reserved-event.js';

const known = new WeakMap<ErrorBody, PushText>();

/** Serializes an error frame. */
export function errorText(body: ErrorBody, id: FrameId | undefined): string {
  const text = (sharedErrorText(body) ?? textOf(body)).plain;
  return id === undefined ? text : `${text.slice(0, -1)},"id":${JSON.stringify(id)}}`;
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
