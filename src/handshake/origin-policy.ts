import { isSerializedOrigin } from '../options/origin-pattern.js';

const WILDCARD_MARK = '://*.';

/** Which web origins may connect (RFC 6455 §10.2): the service's own and those on the list. */
export class OriginPolicy {
  private readonly exact: ReadonlySet<string>;
  private readonly wildcards: readonly (readonly [scheme: string, suffix: string])[];
  private readonly any: boolean;

  constructor(allowed: readonly string[]) {
    this.any = allowed.includes('*');
    this.exact = new Set(allowed.filter((entry) => !entry.includes('*')));
    this.wildcards = allowed
      .filter((entry) => entry.includes(WILDCARD_MARK))
      .map((entry) => entry.split(WILDCARD_MARK))
      .map(([scheme = '', name = '']) => [`${scheme}://`, `.${name}`] as const);
  }

  /**
   * @param origin value of the `Origin` header
   * @param own the origin of the service from the point of view of the client
   */
  allows(origin: string, own: string): boolean {
    if (!isSerializedOrigin(origin)) return false;
    return this.any || origin === own || this.exact.has(origin) || this.matchesWildcard(origin);
  }

  private matchesWildcard(origin: string): boolean {
    return this.wildcards.some(([scheme, suffix]) => origin.startsWith(scheme) && origin.endsWith(suffix));
  }
}

/**
 * The origin of the service from the point of view of the client: the scheme of the transport, and the Host header
 * without a default port.
 */
export function ownOrigin(host: string, isSecure: boolean): string {
  const scheme = isSecure ? 'https' : 'http';
  const defaultPort = isSecure ? ':443' : ':80';
  const name = host.toLowerCase();
  return `${scheme}://${name.endsWith(defaultPort) ? name.slice(0, -defaultPort.length) : name}`;
}
