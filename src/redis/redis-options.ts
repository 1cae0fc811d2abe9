import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { ConfigurationProblem } from '../errors/configuration.error.js';
import { choice, filePath, integer, stringOf } from '../options/option-parsers.js';
import { isLoopback, parseRedisUrl, RedisUrlError } from './link/redis-url.js';

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

/** Every option of Redis: the name in `forRoot()`, the environment variable, the rule and the default. */
export const REDIS_OPTIONS = {
  redisUrl: { variable: 'WS_REDIS_URL', file: 'WS_REDIS_URL_FILE', schema: redisUrl().optional() },
  redisTlsCaFile: { variable: 'WS_REDIS_TLS_CA_FILE', schema: filePath().optional() },
  redisTlsCertFile: { variable: 'WS_REDIS_TLS_CERT_FILE', schema: filePath().optional() },
  redisTlsKeyFile: { variable: 'WS_REDIS_TLS_KEY_FILE', schema: filePath().optional() },
  redisPrefix: {
    variable: 'WS_REDIS_PREFIX',
    // Braces would take the place of the tag that decides about a key's partition.
    schema: stringOf(PREFIX_HINT)
      .regex(/^[^\s{}]{0,64}$/, { error: PREFIX_HINT })
      .default('wss:'),
  },
  redisOutage: { variable: 'WS_REDIS_OUTAGE', schema: choice('local', 'deny', 'allow').default('local') },
  redisLimits: { variable: 'WS_REDIS_LIMITS', schema: choice('leased', 'exact').default('leased') },
  redisTimeoutMs: { variable: 'WS_REDIS_TIMEOUT_MS', schema: integer(10, 10_000).default(250) },
  // A beat is sent once a second: with less, what was heard would grow stale between two.
  redisStaleMs: { variable: 'WS_REDIS_STALE_MS', schema: integer(1500, 60_000).default(2000) },
  redisNodeTtlMs: { variable: 'WS_REDIS_NODE_TTL_MS', schema: integer(2000, 60_000).default(10_000) },
  // Room for the largest batch at least.
  redisStreamBytes: {
    variable: 'WS_REDIS_STREAM_BYTES',
    schema: integer(1_048_576, 2 ** 40).default(67_108_864),
  },
} as const;

type RedisOptionName = keyof typeof REDIS_OPTIONS;
type Schema<K extends RedisOptionName> = (typeof REDIS_OPTIONS)[K]['schema'];

/**
 * Options of Redis as they may be given. What is left out comes from its environment variable, then from the default.
 *
 * @publicApi
 */
export type RedisOptions = { [K in RedisOptionName]?: z.input<Schema<K>> | undefined };

/** Options of Redis in force. */
export type ResolvedRedisOptions = Readonly<{ [K in RedisOptionName]: z.output<Schema<K>> }>;

/** What is wrong with options that are each valid by themselves. */
export function redisContradictions(
  options: ResolvedRedisOptions,
  production: boolean,
): ConfigurationProblem[] {
  const { redisUrl: url, redisTlsCertFile: cert, redisTlsKeyFile: key, redisTlsCaFile: ca } = options;
  const problems: ConfigurationProblem[] = [];
  const tell = (option: RedisOptionName, message: string): void =>
    void problems.push({ name: REDIS_OPTIONS[option].variable, message });
  if (cert !== undefined && key === undefined)
    tell('redisTlsKeyFile', 'is required beside WS_REDIS_TLS_CERT_FILE');
  if (key !== undefined && cert === undefined)
    tell('redisTlsCertFile', 'is required beside WS_REDIS_TLS_KEY_FILE');
  if (url === undefined) return problems;
  const target = parseRedisUrl(url);
  if (!target.tls && (ca ?? cert) !== undefined)
    tell('redisUrl', 'must begin with rediss beside files for TLS');
  else if (!target.tls && production && !isLoopback(target))
    tell('redisUrl', 'must begin with rediss in production, unless every host is this machine');
  return problems;
}

/** Reads options from what is given and from variables, with everything that is wrong. */
export function readRedisOptions(
  given: RedisOptions,
  environment: Readonly<Record<string, string | undefined>>,
): { options: ResolvedRedisOptions | undefined; problems: ConfigurationProblem[] } {
  const problems: ConfigurationProblem[] = [];
  const entries = Object.entries(REDIS_OPTIONS).map(([name, definition]) => {
    const file = 'file' in definition ? definition.file : undefined;
    const value =
      given[name as RedisOptionName] ?? readVariable(environment, definition.variable, file, problems);
    const { success, data, error } = (definition.schema as z.ZodType).safeParse(value);
    if (!success) {
      const message = error.issues[0]?.message ?? 'is wrong';
      problems.push({ name: definition.variable, message });
    }
    return [name, data];
  });
  if (problems.length > 0) return { options: undefined, problems };
  const options = Object.freeze(Object.fromEntries(entries)) as ResolvedRedisOptions;
  return {
    options,
    problems: redisContradictions(options, environment['NODE_ENV'] === 'production'),
  };
}

function readVariable(
  environment: Readonly<Record<string, string | undefined>>,
  variable: string,
  fileVariable: string | undefined,
  problems: ConfigurationProblem[],
): string | undefined {
  const value = environment[variable] || undefined;
  const path = (fileVariable && environment[fileVariable]) || undefined;
  if (!fileVariable || path === undefined) return value;
  if (value !== undefined) {
    problems.push({ name: fileVariable, message: `must not be set together with ${variable}` });
    return undefined;
  }
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    problems.push({ name: fileVariable, message: `names a file that cannot be read (${reason})` });
    return undefined;
  }
}
