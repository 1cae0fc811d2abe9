import { isUtf8 } from 'node:buffer';
import type { Connection } from '../connection/connection.js';
import { CloseCode } from '../protocol/close-code.enum.js';

/**
 * Closes the connection if binary frames are not allowed, or if one is not UTF-8. Allowed ones contain the same JSON as
 * text frames.
 *
 * @returns whether the frame can be read as text
 */
export function acceptBinary(connection: Connection, data: Buffer, isAllowed: boolean): boolean {
  if (!isAllowed) connection.close(CloseCode.UNSUPPORTED_DATA, 'binary frames are not accepted');
  else if (!isUtf8(data)) connection.close(CloseCode.INVALID_PAYLOAD, 'not UTF-8');
  return connection.isOpen;
}
