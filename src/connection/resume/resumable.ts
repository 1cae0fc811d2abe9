import { CloseCode } from '../../protocol/close-code.enum.js';
import type { ServedConnection } from '../served-connection.js';
import type { ResumeSession } from './resume-session.js';

const NORMAL: number = CloseCode.NORMAL;

/** Close codes after which a client may resume, in addition to a connection that was lost. */
const RESUMABLE: ReadonlySet<number> = new Set([
  CloseCode.INTERNAL_ERROR,
  CloseCode.SERVICE_RESTART,
  CloseCode.TRY_AGAIN_LATER,
  CloseCode.TOKEN_EXPIRED,
]);

/** Whether the client of a closed connection may resume its session. @param code the close code of the socket */
export function isResumable({ closedWith }: ServedConnection, code: number): boolean {
  return closedWith === undefined ? code !== NORMAL : RESUMABLE.has(closedWith);
}

/** Whether the session's connection is being closed with a code that ends the session. */
export function isEnding({ connection }: ResumeSession): boolean {
  return connection?.closedWith !== undefined && !RESUMABLE.has(connection.closedWith);
}
