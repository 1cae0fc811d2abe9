/**
 * The module's own subprotocol (RFC 6455 §1.9): session, goodbye and numbered pushes.
 *
 * @publicApi
 */
export const WS_SECURITY_PROTOCOL = 'ws-security.v1';

/** An entry `bearer.<token>` in `Sec-WebSocket-Protocol` carries a credential; it is never selected. */
export const BEARER_PROTOCOL_PREFIX = 'bearer.';

/** An entry `resume.<token>.<lastSeq>` asks for a session back; it is never selected. */
export const RESUME_PROTOCOL_PREFIX = 'resume.';

/**
 * Whether an entry of `Sec-WebSocket-Protocol` carries a credential. In any case of letters, as in a header (RFC 9110
 * §11.1): what was meant as a secret is none to pass over, or to repeat.
 */
export function isBearerEntry(entry: string): boolean {
  return startsWith(entry, BEARER_PROTOCOL_PREFIX);
}

/** Whether an entry of `Sec-WebSocket-Protocol` asks for a session; in any case of letters, for the same reason. */
export function isResumeEntry(entry: string): boolean {
  return startsWith(entry, RESUME_PROTOCOL_PREFIX);
}

function startsWith(entry: string, prefix: string): boolean {
  return entry.slice(0, prefix.length).toLowerCase() === prefix;
}
