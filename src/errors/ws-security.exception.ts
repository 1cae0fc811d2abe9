import type { ErrorCode } from '../protocol/error-code.js';
import type { ErrorBody, FieldError } from '../protocol/envelope.js';
import { restoreStacks, suspendStacks } from './without-stack.js';

/** What an exception can tell beside its code and message. @publicApi */
export interface WsSecurityExceptionOptions extends ErrorOptions {
  /** Milliseconds after which the same message has a chance again. */
  retryAfterMs?: number;
  errors?: FieldError[];
}

/**
 * A message that is not served. Becomes the `exception` frame; `message` reaches the client, `cause` does not. It has no
 * stack.
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
    const stacks = suspendStacks();
    super(message, options);
    restoreStacks(stacks);
    // A client that is told to wait is always told how long, even if it is 0.
    this.retryAfterMs = options.retryAfterMs ?? (code === 'RATE_LIMITED' ? 0 : undefined);
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
