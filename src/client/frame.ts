import type { ErrorBody, FieldError, GoodbyeBody, PushFrame, SessionBody } from '../protocol/envelope.js';
import { isErrorCode } from '../protocol/error-code.js';
import type { ReconnectAdvice } from '../protocol/reconnect-advice.js';
import type { ResumePoint } from './offered-protocols.js';

const ADVICE: readonly unknown[] = ['never', 'backoff', 'reauthenticate'] satisfies ReconnectAdvice[];

/** A frame as it arrived: only `event` is sure. */
export interface Frame {
  event: string;
  data?: unknown;
  id?: unknown;
  seq?: unknown;
}

/** Null for anything but a JSON object with an event; the server may be of any version, so nothing throws. */
export function decodeFrame(text: unknown): Frame | null {
  if (typeof text !== 'string') return null;
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) && typeof value['event'] === 'string' ? (value as unknown as Frame) : null;
  } catch {
    return null;
  }
}

export function toPush({ event, data, seq }: Frame): PushFrame {
  return { event, data, ...(typeof seq === 'number' && { seq }) };
}

export function toErrorBody(data: unknown): ErrorBody {
  const body = isRecord(data) ? data : {};
  const { code, message, retryAfterMs, errors } = body;
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
  return isRecord(data) && typeof data['connectionId'] === 'string' ? (data as unknown as SessionBody) : null;
}

/** Null when the server does not offer to take the session up again. */
export function toResumePoint(resume: unknown): ResumePoint | null {
  if (!isRecord(resume)) return null;
  const { token, seq } = resume;
  return typeof token === 'string' && typeof seq === 'number' ? { token, seq } : null;
}

/** Null when it gives no advice: then the close code decides alone. */
export function toGoodbye(data: unknown): GoodbyeBody | null {
  if (!isRecord(data) || !ADVICE.includes(data['reconnect'])) return null;
  const { retryAfterMs } = data;
  return { ...(data as unknown as GoodbyeBody), retryAfterMs: isDuration(retryAfterMs) ? retryAfterMs : 0 };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isDuration(value: unknown): value is number {
  return typeof value === 'number' && value >= 0;
}
