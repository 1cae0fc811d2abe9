import { CloseCode } from './close-code.enum.js';

/**
 * What a client does after a connection ended: stay away, come back with jitter, or come back with a
 * fresh credential.
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
 * The next step for a close code. Codes this protocol does not know (1001, 1005, 1006, a proxy's own) mean
 * that the line broke, so the client comes back.
 *
 * @publicApi
 */
export function reconnectAdvice(code: number): ReconnectAdvice {
  return RETRIED[code] ?? (KNOWN.includes(code) ? 'never' : 'backoff');
}
