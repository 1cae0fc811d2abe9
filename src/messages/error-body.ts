import { HttpException } from '@nestjs/common';
import { WsException } from '@nestjs/websockets';
import {
  ForbiddenEventException,
  InternalErrorException,
  RateLimitedException,
  UnauthenticatedException,
} from '../errors/ws-exceptions.js';
import { WsSecurityException } from '../errors/ws-security.exception.js';
import type { ErrorBody } from '../protocol/envelope.js';
import { isErrorCode } from '../protocol/error-code.js';

// The message of the exception that Nest throws when a guard returns false.
const GUARD_REFUSAL = 'Forbidden resource';

/** The body of the error frame for an exception; undefined if the exception is not meant for clients. */
export function errorBodyOf(exception: unknown): ErrorBody | undefined {
  if (exception instanceof WsSecurityException) return exception.toBody();
  if (exception instanceof WsException) return bodyOfWsException(exception);
  if (exception instanceof HttpException) return bodyOfHttpException(exception);
  return undefined;
}

function bodyOfWsException(exception: WsException): ErrorBody {
  const error = exception.getError();
  if (error === GUARD_REFUSAL) return new ForbiddenEventException().toBody();
  if (typeof error === 'string') return { status: 'error', code: 'BAD_MESSAGE', message: error };
  const { code, message, retryAfterMs } = error as Record<string, unknown>;
  return new WsSecurityException(
    isErrorCode(code) ? code : 'BAD_MESSAGE',
    typeof message === 'string' ? message : 'The message was refused.',
    isDuration(retryAfterMs) ? { retryAfterMs } : {},
  ).toBody();
}

function isDuration(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < Infinity;
}

function bodyOfHttpException(exception: HttpException): ErrorBody | undefined {
  const status = exception.getStatus();
  if (status === 401) return new UnauthenticatedException().toBody();
  if (status === 403) return new ForbiddenEventException().toBody();
  if (status === 429) return new RateLimitedException(0).toBody();
  if (status === 503) return { status: 'error', code: 'OVERLOADED', message: 'The service is overloaded.' };
  if (status >= 500) return new InternalErrorException().toBody();
  const code = status === 400 || status === 422 ? 'VALIDATION_FAILED' : 'BAD_MESSAGE';
  return { status: 'error', code, message: exception.message };
}
