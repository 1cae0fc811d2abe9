import type { Environment } from '../options/environment.js';
import { variablesOf } from '../options/options-table.js';
import { OPTIONS, type OptionName, type WsSecurityOptions } from '../options/options.schema.js';
import { REDIS_OPTIONS } from '../options/redis-options.js';
import { hasVerifier, INTROSPECTION, PUBLIC_KEYS, VERIFIERS } from '../options/verifier-rules.js';
import { TEST_SECRET } from './test-token.js';

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

const SECRETS = ['jwtSecret', 'jwtPreviousSecrets'] as const satisfies OptionName[];

const OF_VERIFIERS: readonly string[] = [...VERIFIERS, ...SECRETS, ...INTROSPECTION, 'jwtAlgorithms'];

/** What the options of a test application are made of. */
export interface TestSources {
  /** Options of the module, in code. */
  given: WsSecurityOptions;
  /** Options of the test. */
  options: WsSecurityOptions;
  environment: Environment;
}

/**
 * Merges the options of the test, those of its module, and the defaults for tests. The environment that it returns has
 * neither Redis nor keys that the code replaces: a test must not depend on the shell it was started from.
 */
export function testOptions({ given, options, environment }: TestSources): Omit<TestSources, 'given'> {
  const rivals = rivalsOf(options);
  const replaced = rivals.length > 0 ? [...rivals, 'jwtAlgorithms'] : [];
  // An option that a test sets to undefined stays unset.
  const inCode: WsSecurityOptions = { ...without(definedOf(given), replaced), ...options };
  const isVerified = hasVerifier(inCode);
  const ignored = [
    ...Object.keys(REDIS_OPTIONS),
    ...Object.keys(options),
    ...replaced,
    ...(isVerified ? rivalsOf(inCode) : OF_VERIFIERS),
  ];
  const table = Object.entries(OPTIONS).filter(([name]) => ignored.includes(name));
  return {
    options: { ...DEFAULTS, ...(!isVerified && { jwtSecret: TEST_SECRET }), ...inCode },
    environment: without(environment, variablesOf(Object.fromEntries(table))),
  };
}

/** Options of keys that must not be set beside the given ones. */
function rivalsOf(options: WsSecurityOptions): OptionName[] {
  const isPublic = PUBLIC_KEYS.some((name) => options[name] !== undefined);
  return [...(options.jwtSecret === undefined ? [] : PUBLIC_KEYS), ...(isPublic ? SECRETS : [])];
}

function definedOf(options: WsSecurityOptions): WsSecurityOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function without<T extends object>(from: T, names: readonly string[]): Partial<T> {
  return Object.fromEntries(Object.entries(from).filter(([name]) => !names.includes(name))) as Partial<T>;
}
