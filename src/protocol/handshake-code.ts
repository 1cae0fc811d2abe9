import { CloseCode } from './close-code.enum.js';

/**
 * The codes of refused handshakes, and their HTTP status.
 *
 * @publicApi
 */
export const HANDSHAKE_STATUS = {
  BAD_HANDSHAKE: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  ORIGIN_NOT_ALLOWED: 403,
  HOST_NOT_ALLOWED: 403,
  INSECURE_TRANSPORT: 403,
  BANNED: 403,
  UNKNOWN_PATH: 404,
  UNSUPPORTED_VERSION: 426,
  RATE_LIMITED: 429,
  CONNECTION_LIMIT: 429,
  OVERLOADED: 503,
  DRAINING: 503,
  AUTH_UNAVAILABLE: 503,
} as const;

/** The code of a refused handshake. @publicApi */
export type HandshakeCode = keyof typeof HANDSHAKE_STATUS;

/** The corresponding close codes, for clients that cannot read HTTP errors. */
export const HANDSHAKE_CLOSE_CODE: Readonly<Partial<Record<HandshakeCode, CloseCode>>> = {
  UNAUTHENTICATED: CloseCode.UNAUTHENTICATED,
  FORBIDDEN: CloseCode.FORBIDDEN,
  ORIGIN_NOT_ALLOWED: CloseCode.FORBIDDEN,
  HOST_NOT_ALLOWED: CloseCode.FORBIDDEN,
  INSECURE_TRANSPORT: CloseCode.FORBIDDEN,
  BANNED: CloseCode.FORBIDDEN,
  RATE_LIMITED: CloseCode.TOO_MANY_REQUESTS,
  CONNECTION_LIMIT: CloseCode.CONNECTION_LIMIT,
  OVERLOADED: CloseCode.TRY_AGAIN_LATER,
  DRAINING: CloseCode.SERVICE_RESTART,
  AUTH_UNAVAILABLE: CloseCode.TRY_AGAIN_LATER,
};
