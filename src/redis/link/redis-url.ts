import { BlockList, isIP, isIPv6 } from 'node:net';

/** A host and its port. */
export interface RedisHost {
  readonly host: string;
  readonly port: number;
}

/** What a URL of Redis says. */
export interface RedisTarget {
  readonly kind: 'single' | 'sentinel' | 'cluster';
  /** The server; the Sentinels; some of the Cluster's nodes. At least one. */
  readonly hosts: readonly RedisHost[];
  readonly tls: boolean;
  readonly username?: string;
  readonly password?: string;
  readonly database: number;
  /** What Sentinel calls the master. */
  readonly masterName?: string;
}

/** The text is no URL of Redis. The message says what is wrong with it and repeats nothing of it. */
export class RedisUrlError extends Error {
  override readonly name = 'RedisUrlError';
}

const FORM =
  /^redis(?<tls>s?)(?:\+(?<kind>sentinel|cluster))?:\/\/(?<authority>[^/?#]*)(?:\/(?<path>[^?#]*))?$/i;
const HINT = 'such as redis://user:password@host:6379/0, with special characters of the password as %40';

/**
 * Reads `redis://`, `redis+sentinel://` and `redis+cluster://`, each also as `rediss…`: several hosts are separated by
 * commas, a Sentinel's path is `/<name of the master>` and may end with `/<database>`.
 *
 * @throws RedisUrlError
 */
export function parseRedisUrl(text: string): RedisTarget {
  const { tls, kind: form, authority, path = '' } = FORM.exec(text)?.groups ?? {};
  if (authority === undefined) throw new RedisUrlError(`must be a URL without query or fragment, ${HINT}`);
  const kind = (form?.toLowerCase() ?? 'single') as RedisTarget['kind'];
  const at = authority.lastIndexOf('@');
  const hosts = authority
    .slice(at + 1)
    .split(',')
    .map((host) => hostOf(host, kind === 'sentinel' ? 26_379 : 6379));
  if (kind === 'single' && hosts.length > 1)
    throw new RedisUrlError('names several hosts, which needs redis+cluster:// or redis+sentinel://');
  const credentials = at < 0 ? {} : credentialsOf(authority.slice(0, at));
  return { kind, hosts, tls: tls !== '', ...credentials, ...placeOf(kind, path) };
}

/** Whether every host is this machine: one elsewhere is enough for "no". */
export function isLoopback({ hosts }: RedisTarget): boolean {
  return hosts.every(({ host }) => host === 'localhost' || (isIP(host) !== 0 && isLoopbackAddress(host)));
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

function isLoopbackAddress(address: string): boolean {
  return LOOPBACK.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

function hostOf(text: string, defaultPort: number): RedisHost {
  const match = /^(?:\[(?<six>[\da-f:.]+)\]|(?<name>[\w.-]+))(?::(?<port>\d{1,5}))?$/i.exec(text);
  const { six, name, port } = match?.groups ?? {};
  const number = port === undefined ? defaultPort : Number(port);
  const host = six ?? name?.toLowerCase();
  if (host === undefined || (six !== undefined && !isIPv6(six)) || number < 1 || number > 65_535)
    throw new RedisUrlError(`has a host that cannot be read; it must be ${HINT}`);
  return { host, port: number };
}

function credentialsOf(text: string): Pick<RedisTarget, 'username' | 'password'> {
  const colon = text.indexOf(':');
  const username = decoded(colon < 0 ? text : text.slice(0, colon));
  const password = colon < 0 ? '' : decoded(text.slice(colon + 1));
  if (username !== '' && password === '') throw new RedisUrlError('has a user without a password');
  return { ...(username !== '' && { username }), ...(password !== '' && { password }) };
}

function placeOf(kind: RedisTarget['kind'], path: string): Pick<RedisTarget, 'database' | 'masterName'> {
  if (kind !== 'sentinel') {
    const database = databaseOf(path);
    if (kind === 'cluster' && database !== 0)
      throw new RedisUrlError('has a database number, and a Cluster has only database 0');
    return { database };
  }
  const [name = '', database = '', ...rest] = path.split('/');
  if (name === '' || rest.length > 0)
    throw new RedisUrlError('must end with the name of the master, such as /mymaster');
  return { masterName: decoded(name), database: databaseOf(database) };
}

function databaseOf(text: string): number {
  if (!/^\d{0,5}$/.test(text)) throw new RedisUrlError('must end with a database number, such as /0');
  return Number(text);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new RedisUrlError(`has a % that is not followed by two hexadecimal digits; it must be ${HINT}`);
  }
}
