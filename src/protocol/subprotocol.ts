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
