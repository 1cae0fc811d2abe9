import type { ErrorCode } from './error-code.js';
import type { ReconnectAdvice } from './reconnect-advice.js';

/** Matches a reply with its request. Chosen by the client. @publicApi */
export type FrameId = string | number;

/** client → server. @publicApi */
export interface RequestFrame {
  event: string;
  data?: unknown;
  id?: FrameId;
}

/** server → client, the reply to a request. @publicApi */
export interface ReplyFrame {
  event: string;
  data: unknown;
  id?: FrameId;
}

/** server → client, without a request. `seq` numbers the pushes of a `ws-security.v1` session. @publicApi */
export interface PushFrame {
  event: string;
  data: unknown;
  seq?: number;
}

/** A violated rule of a body. `path` names a property, with dots between levels. @publicApi */
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
  /** The code of the application for what it refuses, such as `ROOM_FULL` or `NOT_FOUND`. */
  reason?: string;
  /** Milliseconds until the same message may be accepted. */
  retryAfterMs?: number;
  errors?: FieldError[];
}

/** server → client, an error in response to a message. @publicApi */
export interface ErrorFrame {
  event: 'exception';
  data: ErrorBody;
  id?: FrameId;
}

/** The `data` of the first frame of `ws-security.v1`. @publicApi */
export interface SessionBody {
  connectionId: string;
  principal: { id: string | null; roles: readonly string[] };
  /** Epoch milliseconds, or null if the credential does not expire. */
  expiresAt: number | null;
  heartbeatMs: number;
  resume: { token: string; seq: number; recovered: boolean } | null;
}

/** The `data` of the last frame of `ws-security.v1` before a planned close. @publicApi */
export interface GoodbyeBody {
  code: number;
  reason: string;
  reconnect: ReconnectAdvice;
  retryAfterMs: number;
}
