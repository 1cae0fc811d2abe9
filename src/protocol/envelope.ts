import type { ErrorCode } from './error-code.js';
import type { ReconnectAdvice } from './reconnect-advice.js';

/** Correlates a request with its reply; chosen by the client. @publicApi */
export type FrameId = string | number;

/** client → server. @publicApi */
export interface RequestFrame {
  event: string;
  data?: unknown;
  id?: FrameId;
}

/** server → client, the answer to a request. @publicApi */
export interface ReplyFrame {
  event: string;
  data: unknown;
  id?: FrameId;
}

/** server → client, unasked. `seq` counts the pushes of one session of `ws-security.v1`. @publicApi */
export interface PushFrame {
  event: string;
  data: unknown;
  seq?: number;
}

/** One rule a body broke; `path` names a property of the body, dots between levels. @publicApi */
export interface FieldError {
  path: string;
  constraint: string;
  message: string;
}

/** The `data` of an error frame. @publicApi */
export interface ErrorBody {
  status: 'error';
  code: ErrorCode;
  message: string;
  /** Milliseconds after which the same message has a chance again. */
  retryAfterMs?: number;
  errors?: FieldError[];
}

/** server → client, a request that was not served. @publicApi */
export interface ErrorFrame {
  event: 'exception';
  data: ErrorBody;
  id?: FrameId;
}

/** First frame of `ws-security.v1`. @publicApi */
export interface SessionBody {
  connectionId: string;
  principal: { id: string | null; roles: readonly string[] };
  /** Epoch milliseconds, or null when the credential does not expire. */
  expiresAt: number | null;
  heartbeatMs: number;
  resume: { token: string; seq: number; recovered: boolean } | null;
}

/** Last frame of `ws-security.v1` before a planned end. @publicApi */
export interface GoodbyeBody {
  code: number;
  reason: string;
  reconnect: ReconnectAdvice;
  retryAfterMs: number;
}
