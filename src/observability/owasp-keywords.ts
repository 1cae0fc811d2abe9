/**
 * The keywords of events: those of the OWASP Logging Vocabulary, and `session_closed` and `session_logout`, for which
 * it has none.
 *
 * @publicApi
 */
export const OWASP_KEYWORDS = [
  'authn_login_success',
  'authn_login_fail',
  'authn_login_fail_max',
  'authn_login_lock',
  'authn_token_created',
  'authn_token_revoked',
  'authn_token_reuse',
  'authz_admin',
  'authz_change',
  'authz_fail',
  'excess_rate_limit_exceeded',
  'input_validation_fail',
  'malicious_cors',
  'malicious_excess_404',
  'malicious_extraneous',
  'session_closed',
  'session_created',
  'session_expired',
  'session_logout',
  'session_renewed',
  'sys_crash',
  'sys_monitor_disabled',
  'sys_monitor_enabled',
  'sys_shutdown',
  'sys_startup',
] as const;

/** A keyword of an event, one of {@link OWASP_KEYWORDS}. @publicApi */
export type OwaspKeyword = (typeof OWASP_KEYWORDS)[number];
