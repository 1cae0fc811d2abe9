import {
  BEARER_PROTOCOL_PREFIX,
  RESUME_PROTOCOL_PREFIX,
  WS_SECURITY_PROTOCOL,
} from '../protocol/subprotocol.js';

/** The position of a session with a resume token. */
export interface ResumePoint {
  token: string;
  seq: number;
}

/** The entries of `Sec-WebSocket-Protocol`, without duplicates, as RFC 6455 §4.1 requires. */
export function offeredProtocols(
  application: readonly string[],
  token: string | null | undefined,
  resume: ResumePoint | null,
): string[] {
  const offered = new Set([WS_SECURITY_PROTOCOL, ...application]);
  if (token) offered.add(BEARER_PROTOCOL_PREFIX + token);
  if (resume) offered.add(`${RESUME_PROTOCOL_PREFIX}${resume.token}.${resume.seq}`);
  return [...offered];
}
