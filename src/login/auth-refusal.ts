import type { HandshakeRefusal } from '../errors/handshake.refusal.js';
import {
  ForbiddenEventException,
  OverloadedException,
  RateLimitedException,
  UnauthenticatedException,
} from '../errors/ws-exceptions.js';
import type { WsSecurityException } from '../errors/ws-security.exception.js';

/** Milliseconds that a refused client should wait. */
export function retryAfterMsOf({ headers }: HandshakeRefusal): number {
  return Number(headers['Retry-After'] ?? 0) * 1000;
}

/** The exception for a client with an open connection, which gets an error frame instead of an HTTP error. */
export function toException(refusal: HandshakeRefusal): WsSecurityException {
  const waitMs = retryAfterMsOf(refusal);
  switch (refusal.code) {
    case 'UNAUTHENTICATED':
      return new UnauthenticatedException();
    case 'RATE_LIMITED':
      return new RateLimitedException(waitMs);
    case 'AUTH_UNAVAILABLE':
    case 'OVERLOADED':
    case 'DRAINING':
      return new OverloadedException(waitMs);
    default:
      return new ForbiddenEventException();
  }
}
