import type { FieldError } from '../protocol/envelope.js';
import type { ErrorCode } from '../protocol/error-code.js';

/**
 * The server's error code, or what happened on the way to it:
 * `TIMEOUT` no reply in time, `ABORTED` by the caller's signal, `DISCONNECTED` the connection ended first (the
 * request may have been served), `NOT_OPEN` there was no connection (it was not sent), `INVALID_REPLY` the reply was
 * refused by `validate.inbound`.
 *
 * @publicApi
 */
export type RequestErrorCode =
  ErrorCode | 'TIMEOUT' | 'ABORTED' | 'DISCONNECTED' | 'NOT_OPEN' | 'INVALID_REPLY';

/** What a `RequestError` can tell beside its code and message. @publicApi */
export interface RequestErrorOptions extends ErrorOptions {
  retryAfterMs?: number | undefined;
  errors?: FieldError[] | undefined;
}

/**
 * Why a request has no reply.
 *
 * @publicApi
 */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  /** Milliseconds after which the same request has a chance again. */
  declare readonly retryAfterMs?: number;
  /** The rules the request's body broke, with `VALIDATION_FAILED`. */
  declare readonly errors?: FieldError[];

  constructor(
    readonly code: RequestErrorCode,
    message: string,
    options: RequestErrorOptions = {},
  ) {
    super(message, options);
    if (options.retryAfterMs !== undefined) this.retryAfterMs = options.retryAfterMs;
    if (options.errors !== undefined) this.errors = options.errors;
  }
}
