import { HttpException, HttpStatus } from '@nestjs/common';
import { WsException } from '@nestjs/websockets';
import { errorMessageOf } from '../faults/error-text.js';
import { ForbiddenEventException } from '../errors/ws-exceptions.js';
import { WsSecurityException } from '../errors/ws-security.exception.js';
import type { ErrorBody } from '../protocol/envelope.js';
import type { ErrorCode } from '../protocol/error-code.js';

// The message of the exception that Nest throws when a guard returns false.
const GUARD_REFUSAL = 'Forbidden resource';

/** The codes of the statuses that have one of their own. */
const CODES: Readonly<Record<number, ErrorCode>> = {
  400: 'VALIDATION_FAILED',
  401: 'UNAUTHENTICATED',
  403: 'FORBIDDEN',
  422: 'VALIDATION_FAILED',
  429: 'RATE_LIMITED',
};

/** The body of the error frame for an exception; undefined if the exception is not meant for clients, or has none. */
export function errorBodyOf(exception: unknown): ErrorBody | undefined {
  try {
    return bodyOf(exception);
  } catch {
    // Methods of the application's own exceptions may fail.
    return undefined;
  }
}

function bodyOf(exception: unknown): ErrorBody | undefined {
  if (exception instanceof WsSecurityException) return exception.toBody();
  if (isGuardRefusal(exception)) return new ForbiddenEventException().toBody();
  if (exception instanceof WsException) return bodyOfWsException(exception);
  if (exception instanceof HttpException) return bodyOfHttpException(exception);
  return undefined;
}

/**
 * Whether the application itself refuses the message, with an exception of Nest. The client has then broken no rule of
 * the module.
 */
export function isOwnRefusal(exception: unknown): boolean {
  if (exception instanceof HttpException) return true;
  return exception instanceof WsException && !isGuardRefusal(exception);
}

/** What refused the message, as in security events. */
export function ruleOf(exception: unknown): string | undefined {
  return exception instanceof WsSecurityException ? exception.rule : undefined;
}

/** The exception, if it has more to say in security events. */
export function detailedBy(exception: unknown): WsSecurityException | undefined {
  return exception instanceof WsSecurityException ? exception : undefined;
}

function isGuardRefusal(exception: unknown): boolean {
  try {
    return exception instanceof WsException && exception.getError() === GUARD_REFUSAL;
  } catch {
    return false;
  }
}

function bodyOfWsException(exception: WsException): ErrorBody {
  const error = exception.getError();
  if (typeof error === 'string') return new WsSecurityException('REJECTED', error).toBody();
  // An application without types may throw one that was made with nothing.
  const { code, message, retryAfterMs } = (error ?? {}) as Record<string, unknown>;
  return new WsSecurityException(
    'REJECTED',
    typeof message === 'string' ? message : 'The message was refused.',
    {
      ...((typeof code === 'string' || typeof code === 'number') && { reason: String(code) }),
      ...(isDuration(retryAfterMs) && { retryAfterMs }),
    },
  ).toBody();
}

function isDuration(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < Infinity;
}

function bodyOfHttpException(exception: HttpException): ErrorBody | undefined {
  const status = exception.getStatus();
  if (status === 503) return { status: 'error', code: 'OVERLOADED', message: 'The service is overloaded.' };
  if (!(status >= 400 && status < 500)) return undefined;
  const reason = HttpStatus[status];
  const text = errorMessageOf(exception) || 'The message was refused.';
  return new WsSecurityException(CODES[status] ?? 'REJECTED', text, {
    ...(reason !== undefined && { reason }),
  }).toBody();
}
