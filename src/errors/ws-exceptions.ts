import type { FieldError, FrameId } from '../protocol/envelope.js';
import { type RefusalDetails, WsSecurityException } from './ws-security.exception.js';

/** The frame is not a JSON object with a string `event`, or exceeds a limit. @publicApi */
export class BadMessageException extends WsSecurityException {
  override readonly name = 'BadMessageException';
  /** The id of the request, if it could be read. */
  readonly id: FrameId | undefined;

  constructor(options: ErrorOptions & { id?: FrameId | undefined } = {}) {
    super('BAD_MESSAGE', 'The message is malformed.', options);
    this.id = options.id;
  }
}

/** No gateway on this path subscribes to the event. @publicApi */
export class UnknownEventException extends WsSecurityException {
  override readonly name = 'UnknownEventException';

  constructor() {
    super('UNKNOWN_EVENT', 'The event is unknown.');
  }
}

/**
 * The body violates the rules of its DTO class, or a rule threw an error, which is then the `cause`.
 *
 * @publicApi
 */
export class ValidationFailedException extends WsSecurityException {
  override readonly name = 'ValidationFailedException';

  constructor(errors: FieldError[], options?: ErrorOptions) {
    super('VALIDATION_FAILED', 'The message is not valid.', { ...options, errors });
  }
}

/** The event needs an authenticated principal and the connection has none. @publicApi */
export class UnauthenticatedException extends WsSecurityException {
  override readonly name = 'UnauthenticatedException';

  constructor() {
    super('UNAUTHENTICATED', 'Authentication is required.');
  }
}

/** The credential of the connection is no longer valid. @publicApi */
export class TokenExpiredException extends WsSecurityException {
  override readonly name = 'TokenExpiredException';

  constructor() {
    super('TOKEN_EXPIRED', 'The credential has expired.');
  }
}

/** The principal lacks a role or a scope. @publicApi */
export class ForbiddenEventException extends WsSecurityException {
  override readonly name = 'ForbiddenEventException';

  /**
   * @param rule the missing role or scope, or the guard, for security events only
   * @param why further details for them
   */
  constructor(rule?: string, why?: RefusalDetails) {
    super('FORBIDDEN', 'Not allowed.', { rule, why });
  }
}

/** The principal, or its event, has exceeded its budget. @publicApi */
export class RateLimitedException extends WsSecurityException {
  override readonly name = 'RateLimitedException';

  /**
   * @param rule the throttler, for security events only
   * @param why its limit
   */
  constructor(retryAfterMs: number, rule?: string, why?: RefusalDetails) {
    super('RATE_LIMITED', 'Rate limit exceeded. Please wait.', { retryAfterMs, rule, why });
  }
}

/** The service, or one it depends on, cannot handle the message now. @publicApi */
export class OverloadedException extends WsSecurityException {
  override readonly name = 'OverloadedException';

  constructor(retryAfterMs: number, options?: ErrorOptions) {
    super('OVERLOADED', 'The service is overloaded.', { ...options, retryAfterMs });
  }
}

/** A server error that the client did not cause. The operator finds it in the log. @publicApi */
export class InternalErrorException extends WsSecurityException {
  override readonly name = 'InternalErrorException';

  constructor(options?: ErrorOptions) {
    super('INTERNAL_ERROR', 'Internal server error', options);
  }
}
