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
  if (connection.speaksProtocol) {
    const data: GoodbyeBody = { code, reason, reconnect: reconnectAdvice(code), retryAfterMs };
    connection.announce(ReservedEvent.GOODBYE, data);
  }
  connection.close(code, reason);
}
