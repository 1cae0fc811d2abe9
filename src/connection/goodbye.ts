import type { CloseCode } from '../protocol/close-code.enum.js';
import type { GoodbyeBody } from '../protocol/envelope.js';
import { reconnectAdvice } from '../protocol/reconnect-advice.js';
import { ReservedEvent } from '../protocol/reserved-event.js';
import type { Connection } from './connection.js';

/** A planned end: clients of `ws-security.v1` hear first what to do next, then the closing handshake starts. */
export function closeWithGoodbye(
  connection: Connection,
  code: CloseCode,
  reason: string,
  retryAfterMs = 0,
): void {
  sayGoodbye(connection, code, reason, retryAfterMs);
  connection.close(code, reason);
}

/** @returns whether the client understands it */
export function sayGoodbye(
  connection: Connection,
  code: CloseCode,
  reason: string,
  retryAfterMs = 0,
): boolean {
  if (!connection.speaksProtocol) return false;
  const data: GoodbyeBody = { code, reason, reconnect: reconnectAdvice(code), retryAfterMs };
  connection.announce(ReservedEvent.GOODBYE, data);
  return true;
}
