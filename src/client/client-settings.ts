import type { WsClientOptions } from './client-options.interface.js';
import { host } from './host.js';
import type { WebSocketConstructor } from './web-socket-like.js';

/** The options with every default filled in. */
export type ClientSettings = Pick<WsClientOptions, 'token' | 'ticket' | 'tokenIn' | 'validate'> &
  Readonly<ReturnType<typeof amounts>> & {
    url: string;
    protocols: readonly string[];
    random: () => number;
    WebSocket: WebSocketConstructor;
  };

export function resolveSettings(options: WsClientOptions): ClientSettings {
  const { url, protocols = [], random = Math.random, WebSocket = globalWebSocket() } = options;
  return { ...options, ...amounts(options), url: socketUrl(url), protocols, random, WebSocket };
}

function amounts({
  backoff: { baseMs = 500, maxMs = 20_000, stableMs = 5_000 } = {},
  requestTimeoutMs = 10_000,
  connectTimeoutMs = 10_000,
  queueSize = 0,
  maxMessageLength = 1_048_576,
}: WsClientOptions) {
  const backoff = { baseMs, maxMs, stableMs };
  const others = { requestTimeoutMs, connectTimeoutMs, queueSize, maxMessageLength };
  check('backoff.', backoff);
  check('', others);
  return { ...backoff, ...others };
}

function check(prefix: string, given: Record<string, number>): void {
  for (const name in given) {
    const value = given[name] as number;
    if (!(value >= 0)) throw new RangeError(`${prefix}${name}: got ${value}, may be a number from 0 on`);
  }
}

function socketUrl(given: string | URL): string {
  const page = host.location?.href;
  const url = new URL(given, page);
  url.protocol = url.protocol.replace(/^http/, 'ws');
  // RFC 6455 §3: a fragment has no meaning in a WebSocket URI and must not be sent.
  url.hash = '';
  const allowed = page?.startsWith('https:') ? ['wss:'] : ['ws:', 'wss:'];
  if (!allowed.includes(url.protocol)) {
    throw new TypeError(`url: got the scheme ${url.protocol}, may be ${allowed.join(' or ')}`);
  }
  return url.href;
}

function globalWebSocket(): WebSocketConstructor {
  if (host.WebSocket) return host.WebSocket;
  throw new TypeError(
    "This runtime has no global WebSocket. Pass one: import { WebSocket } from 'ws'; new WsClient({ url, WebSocket })",
  );
}
