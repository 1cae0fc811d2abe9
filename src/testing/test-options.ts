import type { WsSecurityOptions } from '../options/options.schema.js';
import { TEST_SECRET } from './test-token.js';

const VERIFIERS = [
  'jwtSecret',
  'jwtPublicKey',
  'jwtJwksUri',
  'oidcIssuer',
  'introspectionUrl',
  'apiKeysFile',
] as const satisfies (keyof WsSecurityOptions)[];

/**
 * All clients of a test share one address, so limits per address are high. Heartbeats are a day apart, because a
 * clock that jumps would close connections without time to answer.
 */
const DEFAULTS: WsSecurityOptions = {
  logSecurityEvents: false,
  connectRateLimit: 10_000,
  authFailureLimit: 10_000,
  heartbeatIntervalMs: 86_400_000,
  drainTimeoutMs: 2000,
};

/** Merges the options: those of the test, those of its module, and the defaults for tests. */
export function testOptions(given: WsSecurityOptions, options: WsSecurityOptions): WsSecurityOptions {
  const defined = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  // An option that a test sets to undefined stays unset.
  const own = { ...defined, ...options };
  const isVerified = VERIFIERS.some((name) => own[name] !== undefined);
  return { ...DEFAULTS, ...(!isVerified && { jwtSecret: TEST_SECRET }), ...own };
}
