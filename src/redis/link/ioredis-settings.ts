import type { ClusterOptions, RedisOptions } from 'ioredis';

/** Version 6 infers kinds of replies from this one, and takes no options that may or may not have it. */
export type LineOptions = Omit<RedisOptions, 'replyMapping'>;
export type ClusterLineOptions = Omit<ClusterOptions, 'redisOptions'>;

/**
 * How the link uses `ioredis`: no queue, nothing sent twice, no lines of its own making. Bounds of time and number are
 * the link's. The rest takes back what an application may have set on a client that it hands in.
 */
export const LINE_SETTINGS = {
  lazyConnect: true,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  autoResubscribe: false,
  maxRetriesPerRequest: 0,
  retryStrategy: null,
  reconnectOnError: null,
  // The first script finds out all that a ready check would.
  enableReadyCheck: false,
  // A greeting that needs rights of its own.
  disableClientInfo: true,
  connectionName: undefined,
  // A line that is closed waits for nobody.
  disconnectTimeout: 0,
  protocol: 2,
  replyMapping: 'legacy',
  stringNumbers: false,
  enableAutoPipelining: false,
  keyPrefix: undefined,
  readOnly: false,
  monitor: false,
  commandTimeout: undefined,
  socketTimeout: undefined,
  blockingTimeout: undefined,
  scripts: undefined,
  himportFieldsets: undefined,
} as const;

/** @param connectMs how long one connection may take */
export function lineOptions(connectMs: number): LineOptions {
  return {
    ...LINE_SETTINGS,
    connectTimeout: connectMs,
    role: 'master',
    sentinelRetryStrategy: () => null,
    sentinelCommandTimeout: connectMs,
    failoverDetector: false,
    updateSentinels: false,
  } as unknown as LineOptions;
}

/** Its own retries have to end within the deadline of a call. */
const RETRY_MS = 50;

/** @param connectMs how long one connection may take */
export function clusterOptions(connectMs: number): ClusterLineOptions {
  return {
    lazyConnect: true,
    enableOfflineQueue: false,
    enableReadyCheck: false,
    enableAutoPipelining: false,
    clusterRetryStrategy: () => null,
    maxRedirections: 4,
    retryDelayOnFailover: RETRY_MS,
    retryDelayOnClusterDown: RETRY_MS,
    retryDelayOnTryAgain: RETRY_MS,
    slotsRefreshTimeout: connectMs,
    slotsRefreshInterval: 2000,
    scaleReads: 'master',
    shardedSubscribers: false,
    keyPrefix: undefined,
    scripts: undefined,
    himportFieldsets: undefined,
  } as unknown as ClusterLineOptions;
}
