import type { ConfigurationProblem } from '../errors/configuration.error.js';
import { choice, filePath, integer, stringOf } from './option-parsers.js';
import { isInstalled } from './optional-package.cjs';
import { option, type OptionsInForce, type OptionsTable } from './options-table.js';
import { isLoopback, parseRedisUrl, RedisUrlError } from './redis-url.js';

/** Where Redis is. Stays a text, like every secret; `parseRedisUrl` reads it. */
function redisUrl() {
  return stringOf('must be a URL such as redis://host:6379').check((context) => {
    try {
      parseRedisUrl(context.value);
    } catch (error) {
      if (!(error instanceof RedisUrlError)) throw error;
      context.issues.push({ code: 'custom', message: error.message, input: undefined });
    }
  });
}

const PREFIX_HINT = 'must have at most 64 characters, without spaces and braces';

/** What several nodes share, and where. */
export const REDIS_OPTIONS = {
  redisUrl: option('WS_REDIS_URL', redisUrl().optional(), 'WS_REDIS_URL_FILE'),
  redisTlsCaFile: option('WS_REDIS_TLS_CA_FILE', filePath().optional()),
  redisTlsCertFile: option('WS_REDIS_TLS_CERT_FILE', filePath().optional()),
  redisTlsKeyFile: option('WS_REDIS_TLS_KEY_FILE', filePath().optional()),
  redisPrefix: option(
    'WS_REDIS_PREFIX',
    // Braces would take the place of the tag that decides about a key's partition.
    stringOf(PREFIX_HINT)
      .regex(/^[^\s{}]{0,64}$/, { error: PREFIX_HINT })
      .default('wss:'),
  ),
  redisOutage: option('WS_REDIS_OUTAGE', choice('local', 'deny', 'allow').default('local')),
  redisLimits: option('WS_REDIS_LIMITS', choice('leased', 'exact').default('leased')),
  redisTimeoutMs: option('WS_REDIS_TIMEOUT_MS', integer(10, 10_000).default(250)),
  // A beat is sent once a second: with less, what was heard would grow stale between two.
  redisStaleMs: option('WS_REDIS_STALE_MS', integer(1500, 60_000).default(2000)),
  redisNodeTtlMs: option('WS_REDIS_NODE_TTL_MS', integer(2000, 60_000).default(10_000)),
  // Room for the largest batch at least.
  redisStreamBytes: option('WS_REDIS_STREAM_BYTES', integer(1_048_576, 2 ** 40).default(67_108_864)),
} satisfies OptionsTable;

/** Options of Redis in force. */
export type RedisOptions = Readonly<OptionsInForce<typeof REDIS_OPTIONS>>;

/** Settings that are each valid and make no sense together, or without the package that they need. */
export function redisContradictions(options: RedisOptions): ConfigurationProblem[] {
  const { redisUrl: url, redisTlsCertFile: cert, redisTlsKeyFile: key, redisTlsCaFile: ca } = options;
  const problems: ConfigurationProblem[] = [];
  if (cert !== undefined && key === undefined)
    problems.push({ name: 'WS_REDIS_TLS_KEY_FILE', message: 'is required if WS_REDIS_TLS_CERT_FILE is set' });
  if (key !== undefined && cert === undefined)
    problems.push({ name: 'WS_REDIS_TLS_CERT_FILE', message: 'is required if WS_REDIS_TLS_KEY_FILE is set' });
  if (url !== undefined && !parseRedisUrl(url).tls && (ca ?? cert) !== undefined)
    problems.push({ name: 'WS_REDIS_URL', message: 'must begin with rediss beside files for TLS' });
  if (url !== undefined && !isInstalled('ioredis'))
    problems.push({ name: 'WS_REDIS_URL', message: 'needs the package ioredis; run npm install ioredis' });
  return problems;
}

/** Settings that development tolerates and production does not. */
export function redisWeaknesses({ redisUrl: url }: RedisOptions): ConfigurationProblem[] {
  const target = url === undefined ? undefined : parseRedisUrl(url);
  if (!target || target.tls || isLoopback(target)) return [];
  const message = 'must begin with rediss in production, unless every host is this machine';
  return [{ name: 'WS_REDIS_URL', message }];
}
