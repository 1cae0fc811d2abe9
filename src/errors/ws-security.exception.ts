import type { ErrorCode } from '../protocol/error-code.js';
import type { ErrorBody, FieldError } from '../protocol/envelope.js';
import { restoreStacks, suspendStacks } from './without-stack.js';

/** What security events say about a refused message, besides its rule. Clients do not see it. @publicApi */
export interface RefusalDetails {
  /** The room or user that the message was about. */
  readonly target?: string;
  /** The name of the throttler. */
  readonly throttler?: string;
  /** The limit of the throttler. */
  readonly limit?: number;
  /** The window of the throttler, in milliseconds. */
  readonly ttl_ms?: number;
}

/** The optional details of an exception. @publicApi */
export interface WsSecurityExceptionOptions extends ErrorOptions {
  /** Milliseconds until the same message may be accepted. */
  retryAfterMs?: number;
  errors?: FieldError[];
  /** A code of your own, sent to the client beside `code`. */
  reason?: string;
  /** What refused the message, for security events only: a missing right, a throttler or a guard. */
  rule?: string | undefined;
  /** Further details for security events. @internal */
  why?: RefusalDetails | undefined;
}

/**
 * A message that is refused. Becomes the `exception` frame: `message` is sent to the client, `cause` is not. It has
 * no stack.
 *
 * @publicApi
 */
export class WsSecurityException extends Error {
  override readonly name: string = 'WsSecurityException';
  readonly retryAfterMs: number | undefined;
  readonly errors: FieldError[] | undefined;
  readonly reason: string | undefined;
  /** Not sent to the client. */
  readonly rule: string | undefined;
  /** @internal */
  readonly why: RefusalDetails | undefined;

  constructor(
    readonly code: ErrorCode,
    message: string,
    options: WsSecurityExceptionOptions = {},
  ) {
    const stacks = suspendStacks();
    super(message, options);
    restoreStacks(stacks);
    // A rate-limited client always receives a wait, even if it is 0.
    this.retryAfterMs = options.retryAfterMs ?? (code === 'RATE_LIMITED' ? 0 : undefined);
    this.errors = options.errors;
    this.reason = options.reason;
    this.rule = options.rule;
    this.why = options.why;
  }

  toBody(): ErrorBody {
    return {
      status: 'error',
      code: this.code,
      message: this.message,
      ...(this.reason !== undefined && { reason: this.reason }),
      ...(this.retryAfterMs !== undefined && { retryAfterMs: this.retryAfterMs }),
      ...(this.errors !== undefined && { errors: this.errors }),
    };
  }
}
