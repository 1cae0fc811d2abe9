/**
 * What a refused handshake says in `code`, and its HTTP status.
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

/** @publicApi */
export type HandshakeCode = keyof typeof HANDSHAKE_STATUS;
