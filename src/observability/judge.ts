import { CloseCode } from '../protocol/close-code.enum.js';
import type { OwaspKeyword } from './owasp-keywords.js';
import type { AnyFields, SecurityEventType } from './security-event.js';
import type { SecurityEventHead } from './security-event-fields.js';
import { SECURITY_EVENT_TABLE } from './security-event-table.js';

type Judgement = Pick<SecurityEventHead, 'owasp' | 'severity' | 'outcome'>;
type Change = Partial<Judgement>;

/** What a code says beyond the type of its event. */
const BY_CODE: Readonly<Record<string, Change>> = {
  BAD_HANDSHAKE: { owasp: 'malicious_extraneous' },
  UNSUPPORTED_VERSION: { owasp: 'malicious_extraneous' },
  INSECURE_TRANSPORT: { owasp: 'malicious_extraneous' },
  HOST_NOT_ALLOWED: { owasp: 'malicious_extraneous' },
  ORIGIN_NOT_ALLOWED: { owasp: 'malicious_cors' },
  UNKNOWN_PATH: { owasp: 'malicious_excess_404' },
  FORBIDDEN: { owasp: 'authz_fail' },
  BANNED: { owasp: 'authn_login_lock' },
  RATE_LIMITED: { owasp: 'excess_rate_limit_exceeded' },
  CONNECTION_LIMIT: { owasp: 'excess_rate_limit_exceeded' },
  OVERLOADED: { owasp: 'excess_rate_limit_exceeded' },
  DRAINING: { owasp: 'sys_shutdown', severity: 'info' },
  AUTH_UNAVAILABLE: { owasp: 'sys_monitor_disabled', severity: 'error' },
  VALIDATION_FAILED: { owasp: 'input_validation_fail' },
};

const EXPIRED: Change = { owasp: 'session_expired' };
const ABUSED: Change = { owasp: 'malicious_extraneous', severity: 'warn', outcome: 'failure' };

const BY_CLOSE_CODE: Readonly<Record<number, Change>> = {
  [CloseCode.TOKEN_EXPIRED]: EXPIRED,
  [CloseCode.SESSION_TIMEOUT]: EXPIRED,
  [CloseCode.PROTOCOL_ERROR]: ABUSED,
  [CloseCode.UNSUPPORTED_DATA]: ABUSED,
  [CloseCode.INVALID_PAYLOAD]: ABUSED,
  [CloseCode.POLICY_VIOLATION]: ABUSED,
  [CloseCode.MESSAGE_TOO_BIG]: ABUSED,
  [CloseCode.BAD_REQUEST]: ABUSED,
  [CloseCode.TOO_MANY_REQUESTS]: { ...ABUSED, owasp: 'excess_rate_limit_exceeded' },
  [CloseCode.TRY_AGAIN_LATER]: { ...ABUSED, owasp: 'excess_rate_limit_exceeded' },
  [CloseCode.UNAUTHENTICATED]: { owasp: 'authn_login_fail', severity: 'warn', outcome: 'failure' },
  [CloseCode.AUTH_TIMEOUT]: { owasp: 'authn_login_fail', severity: 'warn', outcome: 'failure' },
  [CloseCode.FORBIDDEN]: { owasp: 'authz_fail', severity: 'warn' },
  [CloseCode.CONNECTION_LIMIT]: { owasp: 'excess_rate_limit_exceeded', severity: 'warn' },
  [CloseCode.SERVICE_RESTART]: { owasp: 'sys_shutdown' },
  [CloseCode.INTERNAL_ERROR]: { owasp: 'sys_crash', severity: 'error', outcome: 'failure' },
};

/** The reason with which the module closes the connections of a revoked user, session or token. */
const LOGOUT = 'revoked';

/** The OWASP keyword, severity and outcome of an event: those of its type, or what its codes say more precisely. */
export function judge(event: AnyFields): Judgement {
  const { owasp, severity, outcome } = SECURITY_EVENT_TABLE[event.type];
  return { owasp, severity, outcome, ...changeOf(event) };
}

function changeOf(event: AnyFields): Change | undefined {
  switch (event.type) {
    case 'handshake.refused':
    case 'authentication.refused':
      return event.throttler === 'auth-failure' ? MAX_FAILURES : BY_CODE[event.code ?? ''];
    case 'connection.accepted':
      return event['user.id'] === undefined ? undefined : LOGIN;
    case 'connection.closed':
      return closeOf(event);
    case 'messages.refused':
      return BY_CODE[mostOf(event.counts)];
    case 'events.suppressed':
      return judge({ ...event, type: event.of as SecurityEventType, 'close.cause': 'server' });
    default:
      return undefined;
  }
}

const LOGIN: { owasp: OwaspKeyword } = { owasp: 'authn_login_success' };
const MAX_FAILURES: { owasp: OwaspKeyword } = { owasp: 'authn_login_fail_max' };

function closeOf({ 'close.code': code = 0, 'close.cause': cause, reason }: AnyFields): Change | undefined {
  if (cause !== 'server') return undefined;
  return code === CloseCode.FORBIDDEN && reason === LOGOUT
    ? { owasp: 'session_logout' }
    : BY_CLOSE_CODE[code];
}

/** The code of most refused messages. */
function mostOf(counts: AnyFields['counts'] = {}): string {
  return Object.entries(counts).reduce((most, entry) => (entry[1] > most[1] ? entry : most), ['', 0])[0];
}
