import { CloseCode } from './close-code.enum.js';

/**
 * The next step of a client after a connection ended: stay away, reconnect with backoff, or reconnect with a new
 * credential.
 *
 * @publicApi
 */
export type ReconnectAdvice = 'never' | 'backoff' | 'reauthenticate';

const KNOWN: readonly number[] = Object.values(CloseCode);

const RETRIED: Readonly<Record<number, ReconnectAdvice>> = {
  [CloseCode.INTERNAL_ERROR]: 'backoff',
  [CloseCode.SERVICE_RESTART]: 'backoff',
  [CloseCode.TRY_AGAIN_LATER]: 'backoff',
  [CloseCode.TOO_MANY_REQUESTS]: 'backoff',
  [CloseCode.AUTH_TIMEOUT]: 'reauthenticate',
  [CloseCode.TOKEN_EXPIRED]: 'reauthenticate',
  [CloseCode.SESSION_TIMEOUT]: 'reauthenticate',
};

/**
 * Returns the next step for a close code. An unknown code (1001, 1005, 1006, or one from a proxy) means that the
 * connection was lost, so the client reconnects.
 *
 * @publicApi
 */
export function reconnectAdvice(code: number): ReconnectAdvice {
  return RETRIED[code] ?? (KNOWN.includes(code) ? 'never' : 'backoff');
}
