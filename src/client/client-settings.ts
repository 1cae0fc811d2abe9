import type { WsClientOptions } from './client-options.interface.js';
import { host } from './host.js';
import type { WebSocketConstructor } from './web-socket-like.js';

const AMOUNTS = {
  requestTimeoutMs: 10_000,
  connectTimeoutMs: 10_000,
  queueSize: 0,
  maxMessageLength: 1_048_576,
};
const BACKOFF = { baseMs: 500, maxMs: 20_000, stableMs: 5_000 };

/** The options with defaults. */
export type ClientSettings = Pick<WsClientOptions, 'token' | 'ticket' | 'tokenIn' | 'validate'> &
  typeof AMOUNTS &
  typeof BACKOFF & {
    url: string;
    protocols: readonly string[];
    random: () => number;
    WebSocket: WebSocketConstructor;
  };

export function resolveSettings(options: WsClientOptions): ClientSettings {
  const { url, protocols = [], random = Math.random, WebSocket = host.WebSocket } = options;
  if (!WebSocket) throw new TypeError('No global WebSocket: pass that of ws');
  return {
    ...options,
    ...amounts('', AMOUNTS, options),
    ...amounts('backoff.', BACKOFF, options.backoff),
    url: socketUrl(url),
    protocols,
    random,
    WebSocket,
  };
}

function amounts<T extends Record<string, number>>(prefix: string, defaults: T, given: Partial<T> = {}): T {
  const result: Record<string, number> = {};
  for (const name in defaults) {
    const value = (given[name] ?? defaults[name]) as number;
    result[name] = value;
    if (!(value >= 0)) throw new RangeError(`${prefix}${name}: got ${value}, may be 0 or more`);
  }
  return result as T;
}

function socketUrl(given: string | URL): string {
  const page = host.location?.href;
  const url = new URL(given, page);
  url.protocol = url.protocol.replace(/^http/, 'ws');
  // RFC 6455 §3: a fragment has no meaning in a WebSocket URI and must not be sent.
  url.hash = '';
  // A page loaded over TLS must not use `ws:`, even if the browser allows it.
  const allowed = page?.startsWith('https:') ? ['wss:'] : ['ws:', 'wss:'];
  if (!allowed.includes(url.protocol)) {
    throw new TypeError(`url: got the scheme ${url.protocol}, may be ${allowed.join(' or ')}`);
  }
  return url.href;
}
