import { CloseCode } from '../../protocol/close-code.enum.js';
import type { ServedConnection } from '../served-connection.js';
import type { ResumeSession } from './resume-session.js';

const NORMAL: number = CloseCode.NORMAL;

/** Closed with one of these, or without a word, a client may come back to its session. */
const RESUMABLE: ReadonlySet<number> = new Set([
  CloseCode.INTERNAL_ERROR,
  CloseCode.SERVICE_RESTART,
  CloseCode.TRY_AGAIN_LATER,
  CloseCode.TOKEN_EXPIRED,
]);

/** Whether the client of a closed connection may come back to its session. @param code what the socket says */
export function isResumable({ closedWith }: ServedConnection, code: number): boolean {
  return closedWith === undefined ? code !== NORMAL : RESUMABLE.has(closedWith);
}

/** Whether a session ends with its connection, which was closed for good, and whose client has not answered yet. */
export function isEnding({ connection }: ResumeSession): boolean {
  return connection?.closedWith !== undefined && !RESUMABLE.has(connection.closedWith);
}
