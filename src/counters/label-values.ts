import { CloseCode } from '../protocol/close-code.enum.js';
import { HANDSHAKE_STATUS } from '../protocol/handshake-code.js';

/** The results of handshakes. What was neither accepted nor refused (the client has left) is counted as `other`. */
export const HANDSHAKE_RESULTS = ['accepted', ...Object.keys(HANDSHAKE_STATUS)];

/** The close codes of this module. */
export const CLOSE_CODES = Object.values(CloseCode).map(String);

/** How a connection ended. */
export const CLOSE_CAUSES = ['server', 'client', 'lost'];

/** How users were authenticated: the kinds of principals. */
export const AUTHENTICATION_KINDS = ['anonymous', 'token', 'certificate', 'api-key'] as const;

/** When a credential was verified. */
export type AuthenticationStage = 'handshake' | 'login' | 'refresh';

export const AUTHENTICATION_STAGES: readonly AuthenticationStage[] = ['handshake', 'login', 'refresh'];

/** Where a credential came from: the sources, and the two that are part of others. */
export const AUTHENTICATION_SOURCES = [
  'header',
  'api-key',
  'subprotocol',
  'cookie',
  'ticket',
  'query',
  'message',
  'certificate',
];

export type AuthenticationOutcome = 'success' | 'failure' | 'unavailable';

export const AUTHENTICATION_OUTCOMES: readonly AuthenticationOutcome[] = [
  'success',
  'failure',
  'unavailable',
];
