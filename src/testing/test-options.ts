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
 * All clients of a test have one address: limits by address are out of the way. Heartbeats are a day apart, because a
 * clock that jumps would cut everybody who had no time to answer.
 */
const DEFAULTS: WsSecurityOptions = {
  logSecurityEvents: false,
  connectRateLimit: 10_000,
  authFailureLimit: 10_000,
  heartbeatIntervalMs: 86_400_000,
  drainTimeoutMs: 2000,
};

/** What an application is tested with: the test's options, else its own, else those of a test. */
export function testOptions(given: WsSecurityOptions, options: WsSecurityOptions): WsSecurityOptions {
  const defined = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  // What a test sets to undefined it does without.
  const own = { ...defined, ...options };
  const isVerified = VERIFIERS.some((name) => own[name] !== undefined);
  return { ...DEFAULTS, ...(!isVerified && { jwtSecret: TEST_SECRET }), ...own };
}
