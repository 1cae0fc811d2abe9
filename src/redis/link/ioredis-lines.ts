import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import type { Cluster, Redis } from 'ioredis';
import { WsConfigurationError } from '../../errors/configuration.error.js';
import { IoredisLine, type RedisClient } from './ioredis-line.js';
import { clusterOptions, type LineOptions, lineOptions } from './ioredis-settings.js';
import type { RedisLines } from './redis-line.js';
import type { RedisHost, RedisTarget } from '../../options/redis-url.js';

/** Files in PEM for TLS. */
export interface TlsFiles {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/** The Sentinel that has told of a new master. The others hear of it within two seconds. */
interface Teller {
  readonly sentinel: object;
  readonly until: number;
}

const TELLER_MS = 5000;

type Ioredis = Pick<typeof import('ioredis'), 'Redis' | 'Cluster'>;

/**
 * Lines to what a URL names.
 *
 * @param connectMs how long one connection may take
 * @throws WsConfigurationError without the package `ioredis`
 */
export async function linesTo(target: RedisTarget, tls: TlsFiles, connectMs: number): Promise<RedisLines> {
  const ioredis = await importIoredis();
  const isCluster = target.kind === 'cluster';
  let teller: Teller | undefined;
  return {
    isCluster,
    open: (listener) => {
      // Files are read for each line: certificates are renewed.
      const common = { ...lineOptions(connectMs), ...accessOf(target), ...tlsOf(target, tls) };
      const client = isCluster
        ? clusterClient(ioredis, target.hosts, common, connectMs)
        : new ioredis.Redis({ ...common, ...placeOf(target, teller) });
      return new IoredisLine(client, listener, (sentinel) => {
        teller = { sentinel, until: performance.now() + TELLER_MS };
      });
    },
  };
}

/** Lines to where a client of the application's own leads, with its addresses and credentials. */
export function linesLike(client: RedisClient, connectMs: number): RedisLines {
  const { isCluster } = client;
  const settings = lineOptions(connectMs);
  return {
    isCluster,
    open: (listener) => {
      const own = isCluster
        ? (client as Cluster).duplicate([], {
            ...clusterOptions(connectMs),
            redisOptions: settings,
          })
        : (client as Redis).duplicate(settings);
      return new IoredisLine(own, listener);
    },
  };
}

async function importIoredis(): Promise<Ioredis> {
  try {
    return await import('ioredis');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new WsConfigurationError([
      { name: 'WS_REDIS_URL', message: 'needs the package ioredis; run npm install ioredis' },
    ]);
  }
}

function clusterClient(
  { Cluster: Client }: Ioredis,
  hosts: readonly RedisHost[],
  redisOptions: LineOptions,
  connectMs: number,
): Cluster {
  return new Client([...hosts], { ...clusterOptions(connectMs), redisOptions });
}

function accessOf({ username, password, database }: RedisTarget): LineOptions {
  return {
    db: database,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
  };
}

function placeOf({ kind, hosts, masterName, tls }: RedisTarget, teller?: Teller): LineOptions {
  if (kind === 'single') return hosts[0] as RedisHost;
  const first = teller && performance.now() < teller.until ? teller.sentinel : undefined;
  // Otherwise another one first at each attempt: the first may be behind the times.
  const shuffled = hosts.toSorted(() => Math.random() - 0.5);
  const sentinels = shuffled.toSorted((one, other) => Number(other === first) - Number(one === first));
  return { sentinels, name: masterName, enableTLSForSentinelMode: tls };
}

function tlsOf({ tls, kind, hosts }: RedisTarget, files: TlsFiles): LineOptions {
  if (!tls) return {};
  const [{ host }] = hosts as [RedisHost];
  const options: ConnectionOptions = {
    ...read('ca', files.ca),
    ...read('cert', files.cert),
    ...read('key', files.key),
    ...(kind === 'single' && isIP(host) === 0 && { servername: host }),
  };
  return { tls: options, ...(kind === 'sentinel' && { sentinelTLS: options }) };
}

function read(name: keyof TlsFiles, path: string | undefined): ConnectionOptions {
  return path === undefined ? {} : { [name]: readFileSync(path, 'utf8') };
}
