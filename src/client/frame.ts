import type { ErrorBody, FieldError, GoodbyeBody, PushFrame, SessionBody } from '../protocol/envelope.js';
import { isErrorCode } from '../protocol/error-code.js';
import type { ReconnectAdvice } from '../protocol/reconnect-advice.js';
import type { ResumePoint } from './offered-protocols.js';

const ADVICE: readonly unknown[] = ['never', 'backoff', 'reauthenticate'] satisfies ReconnectAdvice[];

/** What can stand in a header: RFC 3986 §2.3 names characters that mean nothing anywhere. */
const RESUME_TOKEN = /^[\w.~-]{1,512}$/;

/** A frame as it arrived: only `event` is sure. */
export interface Frame {
  event: string;
  data?: unknown;
  id?: unknown;
  seq?: unknown;
}

/** What may be looked into, whatever it is. */
type Unknown = Readonly<Record<string, unknown>> | null | undefined;

/** Null for anything but a JSON object with an event; the server may be of any version, so nothing throws. */
export function decodeFrame(text: unknown): Frame | null {
  if (typeof text !== 'string') return null;
  try {
    const value = JSON.parse(text) as Unknown;
    return typeof value?.['event'] === 'string' ? (value as unknown as Frame) : null;
  } catch {
    return null;
  }
}

export function toPush({ event, data, seq }: Frame): PushFrame {
  return { event, data, ...(typeof seq === 'number' && { seq }) };
}

export function toErrorBody(data: unknown): ErrorBody {
  const { code, message, retryAfterMs, errors } = (data as Unknown) ?? {};
  return {
    status: 'error',
    code: isErrorCode(code) ? code : 'INTERNAL_ERROR',
    message: typeof message === 'string' ? message : 'Unknown error',
    ...(isDuration(retryAfterMs) && { retryAfterMs }),
    ...(Array.isArray(errors) && { errors: errors as FieldError[] }),
  };
}

/** Null for a body without the one property every session has. */
export function toSession(data: unknown): SessionBody | null {
  return typeof (data as Unknown)?.['connectionId'] === 'string' ? (data as SessionBody) : null;
}

/** Null when the server does not offer to take the session up again, or in a way nobody could ask for. */
export function toResumePoint(resume: unknown): ResumePoint | null {
  const { token, seq } = (resume as Unknown) ?? {};
  return typeof token === 'string' && RESUME_TOKEN.test(token) && typeof seq === 'number'
    ? { token, seq }
    : null;
}

/** Null when it gives no advice: then the close code decides alone. */
export function toGoodbye(data: unknown): GoodbyeBody | null {
  const { reconnect, retryAfterMs } = (data as Unknown) ?? {};
  if (!ADVICE.includes(reconnect)) return null;
  return { ...(data as GoodbyeBody), retryAfterMs: isDuration(retryAfterMs) ? retryAfterMs : 0 };
}

function isDuration(value: unknown): value is number {
  return typeof value === 'number' && value >= 0;
}
