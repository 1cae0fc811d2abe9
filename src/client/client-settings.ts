import type { WsClientOptions } from './client-options.interface.js';
import { host } from './host.js';
import type { WebSocketConstructor } from './web-socket-like.js';

const AMOUNTS = {
  requestTimeoutMs: 10_000,
  connectTimeoutMs: 10_000,
  queueSize: 0,
  maxMessageLength: 1_048_576,
  baseMs: 500,
  maxMs: 20_000,
  stableMs: 5_000,
};

type Amounts = typeof AMOUNTS;

/** The options with defaults. Those of `backoff` are among them. */
export type ClientSettings = Pick<WsClientOptions, 'token' | 'ticket' | 'tokenIn' | 'validate'> &
  Amounts & {
    url: string;
    protocols: readonly string[];
    random: () => number;
    WebSocket: WebSocketConstructor;
  };

export function resolveSettings(options: WsClientOptions): ClientSettings {
  const { url, protocols = [], random = Math.random, WebSocket = host.WebSocket } = options;
  if (!WebSocket) throw new TypeError('No WebSocket: pass that of ws');
  const settings: WsClientOptions & Partial<Amounts> = { ...options.backoff, ...options };
  for (const name of Object.keys(AMOUNTS) as (keyof Amounts)[]) {
    const amount = (settings[name] ??= AMOUNTS[name]);
    if (!(amount >= 0)) throw new RangeError(`${name}: got ${amount}, may be 0 or more`);
  }
  return { ...(settings as Amounts), url: socketUrl(String(url)), protocols, random, WebSocket };
}

/** Uses the least of `URL`: in React Native it has no setters, and may add a slash to the path. */
function socketUrl(given: string): string {
  const page = host.location?.href;
  const { href } = new URL(given, page);
  // RFC 6455 §3: a fragment has no meaning in a WebSocket URI and must not be sent.
  const url = (href === `${given}/` ? given : href).replace(/^http/, 'ws').replace(/#.*/, '');
  const scheme = url.replace(/:.*/, '');
  // A page loaded over TLS must not use `ws:`, even if the browser allows it.
  const isSecure = page?.startsWith('https:');
  if (scheme !== 'wss' && (isSecure || scheme !== 'ws')) {
    throw new TypeError(`url: got ${scheme}:, may be wss:${isSecure ? '' : ' or ws:'}`);
  }
  return url;
}
