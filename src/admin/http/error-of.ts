import { HttpException } from '@nestjs/common';
import { OverloadedException } from '../../errors/ws-exceptions.js';
import type { OperatorErrorCode } from '../contract/problem.interface.js';
import { OperatorError } from './operator.error.js';

const CODES: Readonly<Record<number, OperatorErrorCode>> = {
  401: 'UNAUTHENTICATED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  413: 'CONTENT_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  429: 'RATE_LIMITED',
  501: 'NOT_SUPPORTED',
  503: 'UNAVAILABLE',
};

/** What is answered to an error; undefined if it is a mistake of the server, which is to be reported. */
export function errorOf(error: unknown): OperatorError | undefined {
  if (error instanceof OperatorError) return error;
  if (error instanceof OverloadedException) return new OperatorError('OVERLOADED');
  return error instanceof HttpException ? errorOfStatus(error.getStatus()) : undefined;
}

/** The same of a status, whose message may repeat the request. */
export function errorOfStatus(status: unknown): OperatorError | undefined {
  if (typeof status !== 'number') return undefined;
  const code = CODES[status];
  if (code) return new OperatorError(code);
  return status >= 400 && status < 500 ? new OperatorError('BAD_REQUEST') : undefined;
}

/** Whether a store that nodes share cannot be reached. What was asked for is in effect on this node then. */
export function isAway(error: unknown): boolean {
  return error instanceof Error && error.name === 'RedisUnavailableError';
}
