import type { ErrorBody, FieldError, GoodbyeBody, PushFrame, SessionBody } from '../protocol/envelope.js';
import type { ErrorCode } from '../protocol/error-code.js';
import type { ReconnectAdvice } from '../protocol/reconnect-advice.js';
import type { ResumePoint } from './attempt.js';

const ADVICE: readonly unknown[] = ['never', 'backoff', 'reauthenticate'] satisfies ReconnectAdvice[];

/** Characters that are safe in a header: the unreserved ones of RFC 3986 §2.3. */
const RESUME_TOKEN = /^[\w.~-]{1,512}$/;

/** A received frame. Only `event` has been checked. */
export interface Frame {
  event: string;
  data?: unknown;
  id?: unknown;
  seq?: unknown;
}

/** A value whose properties can be read safely. */
type Unknown = Readonly<Record<string, unknown>> | null | undefined;

/**
 * Decodes a frame, or returns null if it is not a JSON object with an event. Never throws, whatever the server sends.
 */
export function decodeFrame(text: string): Frame | null {
  try {
    const value = JSON.parse(text) as Unknown;
    return typeof value?.['event'] === 'string' ? (value as unknown as Frame) : null;
  } catch {
    return null;
  }
}

export function toPush({ event, data, seq }: Frame): PushFrame {
  return typeof seq === 'number' ? { event, data, seq } : { event, data };
}

export function toErrorBody(data: unknown): ErrorBody {
  const { code, message, reason, retryAfterMs, errors } = (data as Unknown) ?? {};
  return {
    status: 'error',
    // A later server may have other codes.
    code: typeof code === 'string' ? (code as ErrorCode) : 'INTERNAL_ERROR',
    message: typeof message === 'string' ? message : '',
    ...(typeof reason === 'string' && { reason }),
    ...(isDuration(retryAfterMs) && { retryAfterMs }),
    ...(Array.isArray(errors) && { errors: errors as FieldError[] }),
  };
}

/** Returns null if the body lacks the one property that every session has. */
export function toSession(data: unknown): SessionBody | null {
  return typeof (data as Unknown)?.['connectionId'] === 'string' ? (data as SessionBody) : null;
}

/** Returns null if the server does not offer to resume the session, or its token cannot be sent. */
export function toResumePoint(resume: unknown): ResumePoint | null {
  const { token, seq } = (resume as Unknown) ?? {};
  return typeof token === 'string' && RESUME_TOKEN.test(token) && typeof seq === 'number'
    ? { token, seq }
    : null;
}

/** Returns null if there is no advice. Then the close code decides. */
export function toGoodbye(data: unknown): GoodbyeBody | null {
  const { reconnect, retryAfterMs } = (data as Unknown) ?? {};
  if (!ADVICE.includes(reconnect)) return null;
  return { ...(data as GoodbyeBody), retryAfterMs: isDuration(retryAfterMs) ? retryAfterMs : 0 };
}

function isDuration(value: unknown): value is number {
  return typeof value === 'number' && value >= 0;
}
