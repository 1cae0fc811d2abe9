/**
 * The module's own subprotocol (RFC 6455 §1.9), with session, goodbye and numbered pushes.
 *
 * @publicApi
 */
export const WS_SECURITY_PROTOCOL = 'ws-security.v1';

/** An entry `bearer.<token>` in `Sec-WebSocket-Protocol` carries a credential; it is never selected. */
export const BEARER_PROTOCOL_PREFIX = 'bearer.';

/** An entry `resume.<token>.<lastSeq>` asks to resume a session. It is never selected. */
export const RESUME_PROTOCOL_PREFIX = 'resume.';

/**
 * Whether an entry of `Sec-WebSocket-Protocol` carries a credential. Case-insensitive, as authentication schemes are
 * (RFC 9110 §11.1), so that a misspelled prefix does not expose the secret.
 */
export function isBearerEntry(entry: string): boolean {
  return startsWith(entry, BEARER_PROTOCOL_PREFIX);
}

/** Whether an entry of `Sec-WebSocket-Protocol` asks to resume a session. Case-insensitive for the same reason. */
export function isResumeEntry(entry: string): boolean {
  return startsWith(entry, RESUME_PROTOCOL_PREFIX);
}

function startsWith(entry: string, prefix: string): boolean {
  return entry.slice(0, prefix.length).toLowerCase() === prefix;
}
