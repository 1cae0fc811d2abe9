import type { CloseCode } from './close-code.enum.js';
import type { GoodbyeBody } from './envelope.js';
import { reconnectAdvice } from './reconnect-advice.js';

/** The goodbye that a client receives before its connection is closed. */
export function goodbyeOf(code: CloseCode, reason: string, retryAfterMs: number): GoodbyeBody {
  return { code, reason, reconnect: reconnectAdvice(code), retryAfterMs: Math.ceil(retryAfterMs) };
}
