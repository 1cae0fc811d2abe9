import { CloseCode, type ClientState, type ClientStatus } from 'nestjs-ws-security/client';

const RELOAD = 'The server does not understand this page. Reload it.';

/** All that a browser says about a refused handshake (RFC 6455 §7.1.5). */
const ABNORMAL_CLOSURE = 1006;

const FINAL: Readonly<Record<number, string>> = {
  [CloseCode.PROTOCOL_ERROR]: RELOAD,
  [CloseCode.UNSUPPORTED_DATA]: RELOAD,
  [CloseCode.INVALID_PAYLOAD]: RELOAD,
  [CloseCode.POLICY_VIOLATION]: RELOAD,
  [CloseCode.BAD_REQUEST]: RELOAD,
  [CloseCode.MESSAGE_TOO_BIG]: 'The last message was too large for the server.',
  [CloseCode.UNAUTHENTICATED]: 'Your sign-in was not accepted.',
  [CloseCode.FORBIDDEN]: 'Your access was withdrawn.',
  [CloseCode.CONNECTION_LIMIT]: 'You have too many connections open. Close another window first.',
};

const TEMPORARY: Readonly<Record<number, string>> = {
  [CloseCode.INTERNAL_ERROR]: 'The server has a problem.',
  [CloseCode.SERVICE_RESTART]: 'The server is restarting.',
  [CloseCode.TRY_AGAIN_LATER]: 'The server is busy.',
  [CloseCode.AUTH_TIMEOUT]: 'Signing in took too long.',
  [CloseCode.TOKEN_EXPIRED]: 'Your sign-in expired.',
  [CloseCode.TOO_MANY_REQUESTS]: 'You sent too much in a short time.',
  [CloseCode.SESSION_TIMEOUT]: 'Your session timed out.',
};

const TEXT: Readonly<Record<ClientState, (status: ClientStatus) => string>> = {
  idle: () => 'Not connected',
  connecting: () => 'Connecting…',
  open: () => 'Connected',
  reconnecting: ({ attempt }) => (attempt > 1 ? `Reconnecting… (attempt ${attempt})` : 'Reconnecting…'),
  waiting: waitingText,
  closed: closedText,
};

/** The text for the user about the state of the connection. */
export function statusText(status: ClientStatus): string {
  return TEXT[status.state](status);
}

/** Whether the last attempt ended before the connection was open, without a reason. */
export function wasRefusedSilently({ state, previous, code, reason, offline }: ClientStatus): boolean {
  const wasAttempt = previous === 'connecting' || previous === 'reconnecting';
  return state === 'waiting' && wasAttempt && !offline && code === ABNORMAL_CLOSURE && reason === '';
}

function waitingText({ offline, code, previous }: ClientStatus): string {
  if (offline) return 'You are offline. The chat comes back with your network.';
  const known = code === null ? undefined : TEMPORARY[code];
  return known ?? (previous === 'open' ? 'Connection lost.' : 'The server cannot be reached.');
}

function closedText({ code, reason }: ClientStatus): string {
  if (code === CloseCode.NORMAL) return reason || 'The server ended the chat.';
  if (code === null) return 'This browser could not open the connection.';
  return FINAL[code] ?? TEMPORARY[code] ?? 'The connection was closed.';
}
