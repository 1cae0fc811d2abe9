import type { WsClientOptions } from './client-options.interface.js';
import { host } from './host.js';
import type { WebSocketConstructor } from './web-socket-like.js';

/** The options with every default filled in. */
export interface ClientSettings {
  url: string;
  protocols: readonly string[];
  token: WsClientOptions['token'];
  requestTimeoutMs: number;
  connectTimeoutMs: number;
  baseMs: number;
  maxMs: number;
  stableMs: number;
  random: () => number;
  WebSocket: WebSocketConstructor;
}

export function resolveSettings(options: WsClientOptions): ClientSettings {
  const { backoff = {} } = options;
  return {
    url: socketUrl(options.url),
    protocols: options.protocols ?? [],
    token: options.token,
    requestTimeoutMs: duration('requestTimeoutMs', options.requestTimeoutMs, 10_000),
    connectTimeoutMs: duration('connectTimeoutMs', options.connectTimeoutMs, 10_000),
    baseMs: duration('backoff.baseMs', backoff.baseMs, 500),
    maxMs: duration('backoff.maxMs', backoff.maxMs, 20_000),
    stableMs: duration('backoff.stableMs', backoff.stableMs, 5_000),
    random: options.random ?? Math.random,
    WebSocket: options.WebSocket ?? globalWebSocket(),
  };
}

function socketUrl(given: string | URL): string {
  const url = new URL(given, host.location?.href);
  url.protocol = url.protocol.replace(/^http/, 'ws');
  // RFC 6455 §3: a fragment has no meaning in a WebSocket URI and must not be sent.
  url.hash = '';
  if (!/^wss?:$/.test(url.protocol)) {
    throw new TypeError(`url: got the scheme ${url.protocol}, may be ws:, wss:, http: or https:`);
  }
  return url.href;
}

function duration(name: string, given: number | undefined, fallback: number): number {
  const ms = given ?? fallback;
  if (!(ms >= 0)) throw new RangeError(`${name}: got ${ms}, may be a number of milliseconds from 0 on`);
  return ms;
}

function globalWebSocket(): WebSocketConstructor {
  if (host.WebSocket) return host.WebSocket;
  throw new TypeError(
    "This runtime has no global WebSocket. Pass one: import { WebSocket } from 'ws'; new WsClient({ url, WebSocket })",
  );
}
