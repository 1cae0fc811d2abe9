/**
 * The reason a connection ended: RFC 6455 §7.4 codes, and the module's own codes in the private range 4000–4999. An
 * object, because bundlers can tree-shake and minify it better than an `enum`.
 *
 * @publicApi
 */
export const CloseCode = {
  NORMAL: 1000,
  PROTOCOL_ERROR: 1002,
  UNSUPPORTED_DATA: 1003,
  INVALID_PAYLOAD: 1007,
  POLICY_VIOLATION: 1008,
  MESSAGE_TOO_BIG: 1009,
  INTERNAL_ERROR: 1011,
  SERVICE_RESTART: 1012,
  TRY_AGAIN_LATER: 1013,
  BAD_REQUEST: 4400,
  UNAUTHENTICATED: 4401,
  FORBIDDEN: 4403,
  AUTH_TIMEOUT: 4408,
  CONNECTION_LIMIT: 4409,
  TOKEN_EXPIRED: 4419,
  TOO_MANY_REQUESTS: 4429,
  SESSION_TIMEOUT: 4440,
} as const;

/** @publicApi */
export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode];
