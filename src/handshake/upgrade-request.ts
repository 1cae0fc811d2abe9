import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { isUnixPeer } from './unix-peer.js';

const NO_QUERY = new URLSearchParams();
const NONE: readonly string[] = Object.freeze([]);

/**
 * An HTTP upgrade request with its headers as sent. Node joins or drops repeated headers; here each one is kept.
 *
 * @publicApi
 */
export class UpgradeRequest {
  constructor(readonly raw: IncomingMessage) {}

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

  /** Whether the request came over a Unix socket. */
  get isUnix(): boolean {
    return isUnixPeer(this.raw.socket);
  }

  /** All values of a header, in order; `name` in lower case. */
  all(name: string): readonly string[] {
    const { rawHeaders } = this.raw;
    let values: string[] | undefined;
    for (let at = this.next(name, 0); at !== -1; at = this.next(name, at + 2))
      (values ??= []).push(rawHeaders[at + 1] as string);
    return values ?? NONE;
  }

  /** The value of a header that was sent exactly once; otherwise undefined. */
  only(name: string): string | undefined {
    const at = this.next(name, 0);
    return at === -1 || this.next(name, at + 2) !== -1 ? undefined : this.raw.rawHeaders[at + 1];
  }

  /** The entries of a header with a comma-separated list (RFC 9110 §5.6.1), from all its lines. */
  entries(name: string): readonly string[] {
    const values = this.all(name);
    if (values.length === 0) return NONE;
    return values
      .flatMap((value) => value.split(','))
      .map((entry) => entry.trim())
      .filter((entry) => entry !== '');
  }

  /** The index of the next line of a header. An index of all headers would cost more than the few searches. */
  private next(name: string, from: number): number {
    const { rawHeaders } = this.raw;
    for (let at = from; at < rawHeaders.length; at += 2) {
      const sent = rawHeaders[at] as string;
      if (sent.length === name.length && (sent === name || sent.toLowerCase() === name)) return at;
    }
    return -1;
  }
}

/** A request target without its query, byte for byte as sent. */
export function pathOfTarget(target: string): string {
  const query = target.indexOf('?');
  return query === -1 ? target : target.slice(0, query);
}
