import type { WebSocketConstructor } from './web-socket-like.js';

/**
 * Supplies the credential of one attempt, or of a refresh; null, undefined or an empty string means none.
 * `reauthenticate` asks for a fresh credential: the last one expires, expired or may have been refused.
 *
 * @publicApi
 */
export type TokenProvider = (why: {
  reauthenticate: boolean;
}) => string | null | undefined | Promise<string | null | undefined>;

/** The delays between attempts to connect. @publicApi */
export interface BackoffOptions {
  /** Shortest delay before a retry, milliseconds. Default 500. */
  baseMs?: number;
  /** Longest delay before a retry, milliseconds. Default 20000. */
  maxMs?: number;
  /** How long a connection must stay open before failures are forgotten, milliseconds. Default 5000. */
  stableMs?: number;
}

/**
 * Looks at a message before it goes out or comes in. One that throws or returns false refuses it.
 *
 * @publicApi
 */
export type MessageCheck = (event: string, data: unknown) => unknown;

/** Checks of what is sent and received. @publicApi */
export interface MessageChecks {
  /** Pushes and replies. A refused push is dropped and told as `invalid`, a refused reply rejects its request. */
  inbound?: MessageCheck;
  /** Requests and sends. A refused request is rejected as `BAD_MESSAGE`, a refused `send()` throws. */
  outbound?: MessageCheck;
}

/** Options of `WsClient`. @publicApi */
export interface WsClientOptions {
  /** `ws:` or `wss:`; `http:` and `https:` are mapped. In a browser it may be relative to the page. */
  url: string | URL;
  /** Application protocols, offered after `ws-security.v1`. */
  protocols?: readonly string[];
  /** The credential, or who supplies it for each attempt. With a provider it is refreshed before it expires. */
  token?: string | null | TokenProvider;
  /**
   * How the token travels: as an entry `bearer.<token>` of `Sec-WebSocket-Protocol` (the default), or in the first
   * frame, for servers with `message` among their `WS_AUTH_SOURCES`.
   */
  tokenIn?: 'subprotocol' | 'message';
  /** Supplies a single-use ticket for each attempt, sent as `?ticket=`; the token then serves refreshes alone. */
  ticket?: TokenProvider;
  /** How long a request waits for its reply, milliseconds. Default 10000. */
  requestTimeoutMs?: number;
  /** How long an attempt may neither open nor fail, the token provider included, milliseconds. Default 10000. */
  connectTimeoutMs?: number;
  backoff?: BackoffOptions;
  /** How many messages of `send()` are kept until there is a connection. Default 0. */
  queueSize?: number;
  /** The longest message taken from the server, UTF-16 units; a longer one ends the connection. Default 1048576. */
  maxMessageLength?: number;
  validate?: MessageChecks;
  /** A number in [0, 1), the source of jitter. Default `Math.random`. */
  random?: () => number;
  /** Default `globalThis.WebSocket`, which Node has from version 22 on; before, give the one of `ws`. */
  WebSocket?: WebSocketConstructor;
}
