import type { WebSocketConstructor } from './web-socket-like.js';

/**
 * Supplies the credential of one attempt; null, undefined or an empty string connects without one.
 * `reauthenticate` asks for a fresh credential: the last one expired or may have been refused.
 *
 * @publicApi
 */
export type TokenProvider = (why: {
  reauthenticate: boolean;
}) => string | null | undefined | Promise<string | null | undefined>;

/** @publicApi */
export interface BackoffOptions {
  /** Shortest delay before a retry, milliseconds. Default 500. */
  baseMs?: number;
  /** Longest delay before a retry, milliseconds. Default 20000. */
  maxMs?: number;
  /** How long a connection must stay open before failures are forgotten, milliseconds. Default 5000. */
  stableMs?: number;
}

/** @publicApi */
export interface WsClientOptions {
  /** `ws:` or `wss:`; `http:` and `https:` are mapped. In a browser it may be relative to the page. */
  url: string | URL;
  /** Application protocols, offered after `ws-security.v1`. */
  protocols?: readonly string[];
  /** The credential, or who supplies it for each attempt. Carried as a `bearer.<token>` subprotocol entry. */
  token?: string | null | TokenProvider;
  /** How long a request waits for its reply, milliseconds. Default 10000. */
  requestTimeoutMs?: number;
  /** How long an attempt may neither open nor fail, the token provider included, milliseconds. Default 10000. */
  connectTimeoutMs?: number;
  backoff?: BackoffOptions;
  /** A number in [0, 1), the source of jitter. Default `Math.random`. */
  random?: () => number;
  /** Default `globalThis.WebSocket`, which Node has from version 22 on; before, give the one of `ws`. */
  WebSocket?: WebSocketConstructor;
}
