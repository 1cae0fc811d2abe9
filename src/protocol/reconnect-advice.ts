import { CloseCode } from './close-code.enum.js';

/**
 * What a client does after a connection ended: stay away, come back with jitter, or come back with a
 * fresh credential.
 *
 * @publicApi
 */
export type ReconnectAdvice = 'never' | 'backoff' | 'reauthenticate';

const ADVICE = {
  [CloseCode.NORMAL]: 'never',
  [CloseCode.PROTOCOL_ERROR]: 'never',
  [CloseCode.UNSUPPORTED_DATA]: 'never',
  [CloseCode.INVALID_PAYLOAD]: 'never',
  [CloseCode.POLICY_VIOLATION]: 'never',
  [CloseCode.MESSAGE_TOO_BIG]: 'never',
  [CloseCode.INTERNAL_ERROR]: 'backoff',
  [CloseCode.SERVICE_RESTART]: 'backoff',
  [CloseCode.TRY_AGAIN_LATER]: 'backoff',
  [CloseCode.BAD_REQUEST]: 'never',
  [CloseCode.UNAUTHENTICATED]: 'never',
  [CloseCode.FORBIDDEN]: 'never',
  [CloseCode.AUTH_TIMEOUT]: 'reauthenticate',
  [CloseCode.CONNECTION_LIMIT]: 'never',
  [CloseCode.TOKEN_EXPIRED]: 'reauthenticate',
  [CloseCode.TOO_MANY_REQUESTS]: 'backoff',
  [CloseCode.SESSION_TIMEOUT]: 'reauthenticate',
} satisfies Record<CloseCode, ReconnectAdvice>;

/**
 * The next step for a close code. Codes this protocol does not know (1001, 1005, 1006, a proxy's own) mean
 * that the line broke, so the client comes back.
 *
 * @publicApi
 */
export function reconnectAdvice(code: number): ReconnectAdvice {
  return (ADVICE as Readonly<Record<number, ReconnectAdvice>>)[code] ?? 'backoff';
}
