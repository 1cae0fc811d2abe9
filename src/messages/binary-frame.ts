import { isUtf8 } from 'node:buffer';
import type { Connection } from '../connection/connection.js';
import { CloseCode } from '../protocol/close-code.enum.js';

/**
 * Binary frames, where they are allowed, carry the same JSON; one that cannot be read closes the connection.
 *
 * @returns whether it can be read as text
 */
export function acceptBinary(connection: Connection, data: Buffer, isAllowed: boolean): boolean {
  if (!isAllowed) connection.close(CloseCode.UNSUPPORTED_DATA, 'binary frames are not accepted');
  else if (!isUtf8(data)) connection.close(CloseCode.INVALID_PAYLOAD, 'not UTF-8');
  return connection.isOpen;
}
