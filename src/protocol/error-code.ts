/**
 * What an `exception` frame says in `data.code`.
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
  'INTERNAL_ERROR',
] as const;

/** @publicApi */
export type ErrorCode = (typeof ERROR_CODES)[number];

const KNOWN: ReadonlySet<string> = new Set(ERROR_CODES);

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && KNOWN.has(value);
}
