import type { OwaspKeyword } from './owasp-keywords.js';
import type { SecurityEventField, SecurityEventHead } from './security-event-fields.js';

interface EventKind extends Pick<SecurityEventHead, 'severity' | 'outcome'> {
  readonly owasp: OwaspKeyword;
  /** The fields that an event of the type always has. */
  readonly has: readonly SecurityEventField[];
  /** Further fields that it may have. */
  readonly may: readonly SecurityEventField[];
}

const PLACE = ['client.address', 'url.path'] as const;
const LINE = ['connection', ...PLACE] as const;
const USER = ['user.id', 'user.issuer', 'session'] as const;
const WHO = [...USER, 'auth.source', 'auth.kind'] as const;
const CLIENT = ['origin', 'user_agent', 'trace_id'] as const;
const LIMIT = ['throttler', 'limit', 'ttl_ms'] as const;
const CAUSES = ['reason', 'check', 'expected', 'verifiers', 'allowed', 'details', ...LIMIT] as const;
const ADMIN = ['actor.id', 'target', 'note', 'counts'] as const;

const INFO = { severity: 'info', outcome: 'success' } as const;
const REFUSED = { severity: 'warn', outcome: 'failure' } as const;
const FAILED = { severity: 'error', outcome: 'failure' } as const;
const WORKS = { owasp: 'sys_monitor_enabled', ...INFO } as const;
const FAILS = { owasp: 'sys_monitor_disabled', ...FAILED } as const;

/**
 * Every type of event: its keyword and severity, unless its code says more, and its fields.
 *
 * @publicApi
 */
export const SECURITY_EVENT_TABLE = {
  'handshake.refused': {
    owasp: 'authn_login_fail',
    ...REFUSED,
    has: ['code', 'status', ...PLACE],
    may: [...WHO, ...CLIENT, ...CAUSES, 'host', 'transport', 'cap', 'guard'],
  },
  'authentication.refused': {
    owasp: 'authn_login_fail',
    ...REFUSED,
    has: ['code', ...PLACE],
    may: ['connection', ...WHO, 'user_agent', 'trace_id', 'target', ...CAUSES, 'cap', 'guard'],
  },
  'connection.accepted': {
    owasp: 'session_created',
    ...INFO,
    has: LINE,
    may: [...WHO, ...CLIENT, 'subprotocol'],
  },
  'connection.authenticated': { owasp: 'authn_login_success', ...INFO, has: LINE, may: WHO },
  'connection.refreshed': { owasp: 'session_renewed', ...INFO, has: LINE, may: WHO },
  'connection.idle': { owasp: 'session_expired', ...INFO, has: LINE, may: WHO },
  'connection.closed': {
    owasp: 'session_closed',
    ...INFO,
    has: [...LINE, 'close.code', 'close.cause', 'reason', 'duration_ms'],
    may: [...WHO, 'received', 'sent'],
  },
  'protocol.violated': {
    owasp: 'malicious_extraneous',
    ...REFUSED,
    has: [...LINE, 'close.code', 'reason'],
    may: WHO,
  },
  'authorization.refused': {
    owasp: 'authz_fail',
    ...REFUSED,
    has: [...LINE, 'code'],
    may: [...WHO, 'event', 'rule', 'target'],
  },
  'throttle.exceeded': {
    owasp: 'excess_rate_limit_exceeded',
    ...REFUSED,
    has: [...LINE, 'rule'],
    may: [...WHO, 'event', ...LIMIT],
  },
  'validation.refused': {
    owasp: 'input_validation_fail',
    ...REFUSED,
    has: [...LINE, 'code'],
    may: [...WHO, 'event', 'fields'],
  },
  'messages.refused': {
    owasp: 'malicious_extraneous',
    ...REFUSED,
    has: [...LINE, 'counts', 'refusals'],
    may: [...WHO, 'others'],
  },
  'handler.failed': {
    owasp: 'sys_crash',
    ...FAILED,
    has: [...LINE, 'reason'],
    may: [...WHO, 'event'],
  },
  'hook.failed': {
    owasp: 'sys_crash',
    ...FAILED,
    has: [...LINE, 'gateway', 'hook', 'reason'],
    may: WHO,
  },
  'principal.changed': {
    owasp: 'authz_change',
    ...INFO,
    has: [...LINE, 'roles.from', 'roles.to', 'scopes.from', 'scopes.to'],
    may: WHO,
  },
  'ticket.issued': { owasp: 'authn_token_created', ...INFO, has: ['user.id', 'until'], may: USER },
  'ticket.replayed': {
    owasp: 'authn_token_reuse',
    ...FAILED,
    has: PLACE,
    may: ['connection', ...USER, ...CLIENT],
  },
  'resume.replayed': { owasp: 'authn_token_reuse', ...FAILED, has: [...LINE, 'reason'], may: WHO },
  'revocation.set': { owasp: 'authn_token_revoked', ...INFO, has: ['target'], may: ['until', 'counts'] },
  'revocation.lifted': { owasp: 'authz_change', ...INFO, has: ['target'], may: [] },
  'ban.set': {
    owasp: 'authn_login_lock',
    severity: 'warn',
    outcome: 'success',
    has: ['target', 'until'],
    may: ['connection', ...PLACE, ...WHO, 'reason', 'counts'],
  },
  'ban.lifted': { owasp: 'authz_change', ...INFO, has: ['target'], may: [] },
  'ban.failed': { owasp: 'authn_login_lock', ...FAILED, has: ['reason'], may: [...LINE, ...WHO, 'target'] },
  'admin.disconnect': { owasp: 'authz_admin', ...INFO, has: ADMIN, may: ['reason'] },
  'admin.revoke': { owasp: 'authz_admin', ...INFO, has: ADMIN, may: ['until', 'reason'] },
  'admin.ban': { owasp: 'authz_admin', ...INFO, has: ADMIN, may: ['until', 'reason'] },
  'admin.lift': { owasp: 'authz_admin', ...INFO, has: ADMIN, may: ['reason'] },
  'admin.drain': { owasp: 'authz_admin', ...INFO, has: ADMIN, may: ['reason'] },
  'node.started': {
    owasp: 'sys_startup',
    ...INFO,
    has: ['version', 'settings', 'unvalidated'],
    may: [],
  },
  'node.draining': { owasp: 'sys_shutdown', ...INFO, has: ['connections'], may: [] },
  'node.stopped': { owasp: 'sys_shutdown', ...INFO, has: ['answered', 'cut'], may: [] },
  'verifier.unavailable': { ...FAILS, has: ['verifier', 'reason'], may: ['target'] },
  'verifier.recovered': { ...WORKS, has: ['verifier'], may: ['target', 'duration_ms'] },
  'store.unavailable': { ...FAILS, has: ['store', 'reason'], may: [] },
  'store.recovered': { ...WORKS, has: ['store'], may: ['duration_ms'] },
  'keys.rotated': { ...WORKS, has: ['verifier', 'keys'], may: ['target'] },
  'tls.reloaded': { ...WORKS, has: ['serial_number', 'valid_to'], may: [] },
  'tls.reload-failed': { ...FAILS, has: ['reason'], may: [] },
  'api-keys.reload-failed': { ...FAILS, has: ['reason'], may: [] },
  'cluster.up': { ...WORKS, has: ['partition'], may: [] },
  'cluster.down': { ...FAILS, has: ['partition', 'reason'], may: [] },
  'cluster.gap': { ...FAILS, has: ['stream'], may: [] },
  'cluster.over-cap': {
    owasp: 'excess_rate_limit_exceeded',
    ...REFUSED,
    has: ['scope', 'count', 'limit'],
    may: [],
  },
  'cluster.returned': { ...FAILS, has: ['partition'], may: [] },
  'cluster.memory-lost': { ...FAILS, has: ['partition'], may: [] },
  'cluster.failover': { ...FAILS, severity: 'warn', has: ['partition'], may: [] },
  'cluster.clock-step': { ...FAILS, severity: 'warn', has: ['partition', 'step_ms'], may: [] },
  'cluster.push-local': { ...FAILS, severity: 'warn', has: [], may: [] },
  'cluster.version': { ...FAILS, has: ['partition'], may: [] },
  'events.suppressed': {
    owasp: 'excess_rate_limit_exceeded',
    ...REFUSED,
    has: ['of', 'suppressed'],
    may: ['code', 'close.code', 'check', 'top'],
  },
} as const satisfies Readonly<Record<string, EventKind>>;
