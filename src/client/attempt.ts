import {
  BEARER_PROTOCOL_PREFIX,
  RESUME_PROTOCOL_PREFIX,
  WS_SECURITY_PROTOCOL,
} from '../protocol/subprotocol.js';
import type { ClientSettings } from './client-settings.js';

/** The position of a session with a resume token. */
export interface ResumePoint {
  token: string;
  seq: number;
}

/** The URL and protocols of an attempt. The credential is in one of them only, and is sent to no other URL. */
export interface Attempt {
  url: string;
  /** The entries of `Sec-WebSocket-Protocol`, without duplicates, as RFC 6455 §4.1 requires. */
  protocols: string[];
  /** The token for the first frame. */
  login: string | undefined;
}

export async function prepareAttempt(
  { url, protocols, ticket, token, tokenIn }: ClientSettings,
  reauthenticate: boolean,
  resume: ResumePoint | null,
): Promise<Attempt> {
  const source = ticket ?? token;
  const credential = typeof source === 'function' ? await source({ reauthenticate }) : source;
  const offered = new Set([WS_SECURITY_PROTOCOL, ...protocols]);
  let login: string | undefined;
  if (credential) {
    // `searchParams` is incomplete in React Native.
    if (ticket) url += `${url.includes('?') ? '&' : '?'}ticket=${encodeURIComponent(credential)}`;
    else if (tokenIn === 'message') login = credential;
    else offered.add(BEARER_PROTOCOL_PREFIX + credential);
  }
  if (resume) offered.add(`${RESUME_PROTOCOL_PREFIX}${resume.token}.${resume.seq}`);
  return { url, protocols: [...offered], login };
}
