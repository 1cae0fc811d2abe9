import { z } from 'zod';
import { ADMIN_OPTIONS } from './admin-options.js';
import { host, trustedProxy } from './address-parsers.js';
import { apiKeysPath } from './api-keys.js';
import { JWT_ALGORITHMS, type JwtAlgorithm } from './jwt-algorithms.js';
import { metricsTokenPath } from './metrics-token.js';
import {
  bytes,
  choice,
  filePath,
  flag,
  httpUrl,
  integer,
  list,
  shownName,
  someOf,
  stringOf,
} from './option-parsers.js';
import { type GivenOptions, option, type OptionsInForce, type OptionsTable } from './options-table.js';
import { isOriginPattern, ORIGIN_PATTERN_HINT } from './origin-pattern.js';
import { publicKeyPem } from './public-key.js';
import { REDIS_OPTIONS } from './redis-options.js';

const DAY_MS = 86_400_000;
/** The highest limit. A window stores eight bytes per hit, so a key needs at most 80 MB. */
export const MAX_LIMIT = 10_000_000;

/** The places of a credential, in the handshake or in a message. @publicApi */
export const CREDENTIAL_SOURCES = ['header', 'subprotocol', 'cookie', 'ticket', 'query', 'message'] as const;

/**
 * All options in one table: the name in `forRoot()`, the environment variable, the schema and the default.
 *
 * @publicApi
 */
export const OPTIONS = {
  requireTls: option('WS_REQUIRE_TLS', flag().optional()),
  tlsCertFile: option('WS_TLS_CERT_FILE', filePath().optional()),
  tlsKeyFile: option('WS_TLS_KEY_FILE', filePath().optional()),
  tlsCaFile: option('WS_TLS_CA_FILE', filePath().optional()),
  tlsMinVersion: option('WS_TLS_MIN_VERSION', choice('TLSv1.2', 'TLSv1.3').default('TLSv1.2')),
  trustedProxies: option('WS_TRUSTED_PROXIES', list(trustedProxy()).default([])),
  forwardedHeader: option(
    'WS_FORWARDED_HEADER',
    choice('x-forwarded-for', 'forwarded').default('x-forwarded-for'),
  ),
  allowedHosts: option('WS_ALLOWED_HOSTS', list(host()).default([])),
  ipv6Prefix: option('WS_IPV6_PREFIX', integer(1, 128).default(64)),
  rejectWith: option('WS_REJECT_WITH', choice('http', 'close').default('http')),
  authSources: option(
    'WS_AUTH_SOURCES',
    list(choice(...CREDENTIAL_SOURCES) as z.ZodType as z.ZodType<(typeof CREDENTIAL_SOURCES)[number], string>)
      .refine((sources) => sources.length > 0, { error: 'must name at least one source' })
      .transform((sources) => [...new Set(sources)])
      .default(['header', 'subprotocol', 'ticket']),
  ),
  authCookie: option(
    'WS_AUTH_COOKIE',
    // RFC 6265 §4.1.1: the name is a token.
    stringOf('must be the name of a cookie')
      .regex(/^[\w!#$%&'*+.^`|~-]+$/, { error: 'must be the name of a cookie' })
      .optional(),
  ),
  ticketTtlMs: option('WS_TICKET_TTL_MS', integer(1, DAY_MS).default(30_000)),
  revocationMaxMs: option('WS_REVOCATION_MAX_MS', integer(1, 100 * 365 * DAY_MS).default(365 * DAY_MS)),
  authTimeoutMs: option('WS_AUTH_TIMEOUT_MS', integer(1, DAY_MS).default(5000)),
  connectRateLimit: option('WS_CONNECT_RATE_LIMIT', integer(1, MAX_LIMIT).default(60)),
  connectRateTtlMs: option('WS_CONNECT_RATE_TTL_MS', integer(1, DAY_MS).default(60_000)),
  authFailureLimit: option('WS_AUTH_FAILURE_LIMIT', integer(1, MAX_LIMIT).default(10)),
  authFailureTtlMs: option('WS_AUTH_FAILURE_TTL_MS', integer(1, DAY_MS).default(60_000)),
  maxConnections: option('WS_MAX_CONNECTIONS', integer(1).default(10_000)),
  maxConnectionsPerAddress: option('WS_MAX_CONNECTIONS_PER_ADDRESS', integer(1).default(1000)),
  maxConnectionsPerUser: option('WS_MAX_CONNECTIONS_PER_USER', integer(1).default(10)),
  serviceName: option('WS_SERVICE_NAME', shownName().optional()),
  nodeId: option('WS_NODE_ID', shownName().optional()),
  logSecurityEvents: option('WS_LOG_SECURITY_EVENTS', flag().default(true)),
  allowedOrigins: option(
    'WS_ALLOWED_ORIGINS',
    list(z.string().refine(isOriginPattern, { error: ORIGIN_PATTERN_HINT })).default([]),
  ),
  jwtSecret: option(
    'WS_JWT_SECRET',
    // RFC 7518 §3.2: the key is at least as long as the hash.
    bytes(
      32,
      'must be at least 32 bytes long, for example the output of `openssl rand -base64 48`',
    ).optional(),
    'WS_JWT_SECRET_FILE',
  ),
  jwtPreviousSecrets: option(
    'WS_JWT_PREVIOUS_SECRETS',
    list(bytes(32, 'each entry must be at least 32 bytes long')).default([]),
    'WS_JWT_PREVIOUS_SECRETS_FILE',
  ),
  jwtPublicKey: option('WS_JWT_PUBLIC_KEY', publicKeyPem().optional()),
  jwtJwksUri: option('WS_JWT_JWKS_URI', httpUrl().optional()),
  oidcIssuer: option(
    'WS_OIDC_ISSUER',
    // OpenID Connect Discovery 1.0 §2.
    someOf(
      httpUrl().refine((url) => !url.includes('?'), { error: 'must be a URL without a query' }),
    ).optional(),
  ),
  jwtAlgorithms: option(
    'WS_JWT_ALGORITHMS',
    list(
      z.custom<JwtAlgorithm>((value) => JWT_ALGORITHMS.includes(value as JwtAlgorithm), {
        error: `each entry must be one of ${JWT_ALGORITHMS.join(', ')}`,
      }) as z.ZodType<JwtAlgorithm, string>,
    )
      .refine((algorithms) => algorithms.length > 0, { error: 'must name at least one algorithm' })
      .optional(),
  ),
  jwtType: option(
    'WS_JWT_TYPE',
    stringOf('must be a media type such as at+jwt')
      .regex(/^[\w!#$&^.+/-]+$/, { error: 'must be a media type such as at+jwt' })
      .optional(),
  ),
  jwtIssuer: option('WS_JWT_ISSUER', someOf(bytes(1, 'must not be empty')).optional()),
  jwtAudience: option('WS_JWT_AUDIENCE', someOf(bytes(1, 'must not be empty')).optional()),
  jwtAudienceClaim: option('WS_JWT_AUDIENCE_CLAIM', bytes(1, 'must not be empty').default('aud')),
  jwtRolesClaim: option('WS_JWT_ROLES_CLAIM', someOf(bytes(1, 'must not be empty')).optional()),
  jwtScopesClaim: option('WS_JWT_SCOPES_CLAIM', someOf(bytes(1, 'must not be empty')).optional()),
  jwtClockSkewMs: option('WS_JWT_CLOCK_SKEW_MS', integer(0, 300_000).default(30_000)),
  introspectionUrl: option('WS_INTROSPECTION_URL', httpUrl().optional()),
  introspectionClientId: option('WS_INTROSPECTION_CLIENT_ID', bytes(1, 'must not be empty').optional()),
  introspectionClientSecret: option(
    'WS_INTROSPECTION_CLIENT_SECRET',
    bytes(1, 'must not be empty').optional(),
    'WS_INTROSPECTION_CLIENT_SECRET_FILE',
  ),
  apiKeysFile: option('WS_API_KEYS_FILE', apiKeysPath().optional()),
  maxPayloadBytes: option('WS_MAX_PAYLOAD_BYTES', integer(1, 2 ** 30).default(65_536)),
  maxFragments: option('WS_MAX_FRAGMENTS', integer(1, 16_384).default(64)),
  maxBufferedChunks: option('WS_MAX_BUFFERED_CHUNKS', integer(1, 262_144).default(1024)),
  // Messages are processed recursively, so the stack limits the depth.
  maxJsonDepth: option('WS_MAX_JSON_DEPTH', integer(1, 128).default(10)),
  maxJsonNodes: option('WS_MAX_JSON_NODES', integer(4, 10_000_000).default(2000)),
  maxArrayLength: option('WS_MAX_ARRAY_LENGTH', integer(1, 10_000_000).default(256)),
  allowBinary: option('WS_ALLOW_BINARY', flag().default(false)),
  compression: option('WS_COMPRESSION', flag().default(false)),
  frameRate: option('WS_FRAME_RATE', integer(1, 1_000_000_000).default(50)),
  frameBurst: option('WS_FRAME_BURST', integer(1, 1_000_000_000).default(100)),
  byteRate: option('WS_BYTE_RATE', integer(1, 2 ** 40).default(262_144)),
  maxInFlight: option('WS_MAX_IN_FLIGHT', integer(1, 100_000).default(8)),
  maxQueued: option('WS_MAX_QUEUED', integer(1, 100_000).default(64)),
  maxStreams: option('WS_MAX_STREAMS', integer(1, 100_000).default(16)),
  maxBufferedBytes: option('WS_MAX_BUFFERED_BYTES', integer(1, 2 ** 40).default(1_048_576)),
  strikeLimit: option('WS_STRIKE_LIMIT', integer(1, MAX_LIMIT).default(20)),
  strikeTtlMs: option('WS_STRIKE_TTL_MS', integer(1, DAY_MS).default(60_000)),
  banMs: option('WS_BAN_MS', integer(0, 365 * DAY_MS).default(0)),
  rateLimit: option('WS_RATE_LIMIT', integer(1, MAX_LIMIT).default(100)),
  rateTtlMs: option('WS_RATE_TTL_MS', integer(1, DAY_MS).default(60_000)),
  refreshGraceMs: option('WS_REFRESH_GRACE_MS', integer(0, DAY_MS).default(0)),
  idleTimeoutMs: option('WS_IDLE_TIMEOUT_MS', integer(0, 365 * DAY_MS).default(0)),
  sessionMaxAgeMs: option('WS_SESSION_MAX_AGE_MS', integer(0).default(43_200_000)),
  heartbeatIntervalMs: option('WS_HEARTBEAT_INTERVAL_MS', integer(100, DAY_MS).default(25_000)),
  heartbeatTimeoutMs: option('WS_HEARTBEAT_TIMEOUT_MS', integer(100, DAY_MS).default(10_000)),
  resume: option('WS_RESUME', flag().default(false)),
  resumeTtlMs: option('WS_RESUME_TTL_MS', integer(1, DAY_MS).default(120_000)),
  resumeMaxMessages: option('WS_RESUME_MAX_MESSAGES', integer(1, 1_000_000).default(256)),
  resumeMaxBytes: option('WS_RESUME_MAX_BYTES', integer(1, 2 ** 40).default(262_144)),
  drainDelayMs: option('WS_DRAIN_DELAY_MS', integer(0, DAY_MS).default(0)),
  drainTimeoutMs: option('WS_DRAIN_TIMEOUT_MS', integer(0, DAY_MS).default(10_000)),
  drainBatch: option('WS_DRAIN_BATCH', integer(1).default(1000)),
  drainIntervalMs: option('WS_DRAIN_INTERVAL_MS', integer(0, DAY_MS).default(200)),
  metricsTokenFile: option('WS_METRICS_TOKEN_FILE', metricsTokenPath().optional()),
  allowUnsecured: option('WS_ALLOW_UNSECURED', flag().default(false)),
  ...ADMIN_OPTIONS,
  ...REDIS_OPTIONS,
} satisfies OptionsTable;

export type OptionName = keyof typeof OPTIONS;

/**
 * The options of `WsSecurityModule.forRoot()`. All are optional. An option that is omitted comes from its environment
 * variable (`WS_RATE_LIMIT` for `rateLimit`), or else has its default.
 *
 * @publicApi
 */
export type WsSecurityOptions = GivenOptions<typeof OPTIONS>;

/** The options after environment and defaults are applied, as they are injected. @publicApi */
export type ResolvedOptions = Readonly<
  OptionsInForce<typeof OPTIONS> & { requireTls: boolean; production: boolean }
>;
