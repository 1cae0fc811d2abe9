/**
 * The error codes in `data.code` of an `exception` frame.
 *
 * @publicApi
 */
export const ERROR_CODES = [
  'BAD_MESSAGE',
  'UNKNOWN_EVENT',
  'VALIDATION_FAILED',
  'UNAUTHENTICATED',
  'TOKEN_EXPIRED',
  'FORBIDDEN',
  'RATE_LIMITED',
  'OVERLOADED',
  'REJECTED',
  'INTERNAL_ERROR',
] as const;

/** The code of an error frame. @publicApi */
export type ErrorCode = (typeof ERROR_CODES)[number];

export function isErrorCode(value: unknown): value is ErrorCode {
  return (ERROR_CODES as readonly unknown[]).includes(value);
}
