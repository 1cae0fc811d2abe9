import type { FieldError } from '../protocol/envelope.js';
import type { ErrorCode } from '../protocol/error-code.js';

/**
 * The server's error code, or the reason why there is no reply:
 * `TIMEOUT`: no reply in time; `ABORTED`: the caller's signal; `DISCONNECTED`: the connection ended, but the request
 * may have been handled; `NOT_OPEN`: there was no connection in time, and the request was not sent; `INVALID_REPLY`:
 * `validate.inbound` refused the reply.
 *
 * @publicApi
 */
export type RequestErrorCode =
  ErrorCode | 'TIMEOUT' | 'ABORTED' | 'DISCONNECTED' | 'NOT_OPEN' | 'INVALID_REPLY';

/** The optional details of a `RequestError`. @publicApi */
export interface RequestErrorOptions extends ErrorOptions {
  reason?: string | undefined;
  retryAfterMs?: number | undefined;
  errors?: FieldError[] | undefined;
}

/**
 * A request failed.
 *
 * @publicApi
 */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  /** The application's own code for what it refuses, such as `ROOM_FULL` or `NOT_FOUND`. */
  declare readonly reason?: string;
  /** Milliseconds until the same request may be accepted. */
  declare readonly retryAfterMs?: number;
  /** The violated rules, with `VALIDATION_FAILED`. */
  declare readonly errors?: FieldError[];

  constructor(
    readonly code: RequestErrorCode,
    message: string,
    { cause, ...details }: RequestErrorOptions = {},
  ) {
    super(message, cause ? { cause } : {});
    Object.assign(this, details);
  }
}
