import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';

const NO_QUERY = new URLSearchParams();
const NONE: readonly string[] = Object.freeze([]);

/**
 * An HTTP upgrade request with its headers as sent. Node joins or drops repeated headers; here each one is kept.
 *
 * @publicApi
 */
export class UpgradeRequest {
  private readonly values = new Map<string, string[]>();

  constructor(readonly raw: IncomingMessage) {
    const { rawHeaders } = raw;
    for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
      const name = (rawHeaders[i] as string).toLowerCase();
      const value = rawHeaders[i + 1] as string;
      const values = this.values.get(name);
      if (values) values.push(value);
      else this.values.set(name, [value]);
    }
  }

  get method(): string {
    return this.raw.method ?? '';
  }

  /** The request target without the query, byte for byte as sent. */
  get path(): string {
    return pathOfTarget(this.raw.url ?? '');
  }

  /** The parameters of the request target's query. */
  get query(): Pick<URLSearchParams, 'get' | 'getAll' | 'has'> {
    const target = this.raw.url ?? '';
    const start = target.indexOf('?');
    return start === -1 ? NO_QUERY : new URLSearchParams(target.slice(start + 1));
  }

  /** Whether the client reached this process over TLS. */
  get isSecure(): boolean {
    return (this.raw.socket as Partial<TLSSocket>).encrypted === true;
  }

  get remoteAddress(): string {
    return this.raw.socket.remoteAddress ?? '';
  }

  /**
   * Whether the request came over a Unix socket, which has no addresses. A TCP connection that the client has reset has
   * no remote address either, but still its local one, or is destroyed.
   */
  get isUnix(): boolean {
    const { socket } = this.raw;
    return socket.remoteAddress === undefined && socket.localAddress === undefined && !socket.destroyed;
  }

  /** All values of a header, in order; `name` in lower case. */
  all(name: string): readonly string[] {
    return this.values.get(name) ?? NONE;
  }

  /** The value of a header that was sent exactly once; otherwise undefined. */
  only(name: string): string | undefined {
    const values = this.all(name);
    return values.length === 1 ? values[0] : undefined;
  }

  /** The entries of a header with a comma-separated list (RFC 9110 §5.6.1), from all its lines. */
  entries(name: string): readonly string[] {
    const values = this.values.get(name);
    if (!values) return NONE;
    return values
      .flatMap((value) => value.split(','))
      .map((entry) => entry.trim())
      .filter((entry) => entry !== '');
  }
}

/** A request target without its query, byte for byte as sent. */
export function pathOfTarget(target: string): string {
  const query = target.indexOf('?');
  return query === -1 ? target : target.slice(0, query);
}
