import type { ErrorCode } from '../protocol/error-code.js';
import type { ErrorBody, FieldError } from '../protocol/envelope.js';

export interface WsSecurityExceptionOptions extends ErrorOptions {
  /** Milliseconds after which the same message has a chance again. */
  retryAfterMs?: number;
  errors?: FieldError[];
}

/**
 * A message that is not served. Becomes the `exception` frame; `message` reaches the client, `cause` does not.
 *
 * @publicApi
 */
export class WsSecurityException extends Error {
  override readonly name: string = 'WsSecurityException';
  readonly retryAfterMs: number | undefined;
  readonly errors: FieldError[] | undefined;

  constructor(
    readonly code: ErrorCode,
    message: string,
    options: WsSecurityExceptionOptions = {},
  ) {
    super(message, options);
    this.retryAfterMs = options.retryAfterMs;
    this.errors = options.errors;
  }

  toBody(): ErrorBody {
    return {
      status: 'error',
      code: this.code,
      message: this.message,
      ...(this.retryAfterMs !== undefined && { retryAfterMs: this.retryAfterMs }),
      ...(this.errors !== undefined && { errors: this.errors }),
    };
  }
}
