import type { WebSocketConstructor } from './web-socket-like.js';

/**
 * Supplies the credential of an attempt or a refresh. Null, undefined and an empty string mean no credential.
 * `reauthenticate` asks for a fresh one, because the last one expires, has expired or may have been refused.
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
 * Checks a message before it is sent, or after it was received. It refuses the message by throwing or returning
 * false.
 *
 * @publicApi
 */
export type MessageCheck = (event: string, data: unknown) => unknown;

/** Checks of sent and received messages. @publicApi */
export interface MessageChecks {
  /**
   * Checks pushes and replies. A refused push is dropped and reported as `invalid`. A refused reply rejects its
   * request.
   */
  inbound?: MessageCheck;
  /** Checks requests and sends. A refused request is rejected as `BAD_MESSAGE`. A refused `send()` throws. */
  outbound?: MessageCheck;
}

/** Options of `WsClient`. @publicApi */
export interface WsClientOptions {
  /** `ws:` or `wss:`; `http:` and `https:` are mapped. In a browser it may be relative to the page. */
  url: string | URL;
  /** Application protocols, offered after `ws-security.v1`. */
  protocols?: readonly string[];
  /** The credential, or a provider that supplies one per attempt and refreshes it before it expires. */
  token?: string | null | TokenProvider;
  /**
   * How the token is sent: as an entry `bearer.<token>` of `Sec-WebSocket-Protocol` (the default), or in the first
   * frame, for servers with `message` in `WS_AUTH_SOURCES`.
   */
  tokenIn?: 'subprotocol' | 'message';
  /** Supplies a single-use ticket per attempt, sent as `?ticket=`. The token is then used only for refreshes. */
  ticket?: TokenProvider;
  /** How long a request waits for its reply, milliseconds. Default 10000. */
  requestTimeoutMs?: number;
  /** The time limit of an attempt, including the token provider, milliseconds. Default 10000. */
  connectTimeoutMs?: number;
  backoff?: BackoffOptions;
  /** How many messages of `send()` are queued while there is no connection. Default 0. */
  queueSize?: number;
  /** The maximum length of a received message in UTF-16 units. A longer one ends the connection. Default 1048576. */
  maxMessageLength?: number;
  validate?: MessageChecks;
  /** A source of random numbers in [0, 1) for jitter. Default `Math.random`. */
  random?: () => number;
  /** Default `globalThis.WebSocket`, which Node has since version 22. In older versions, pass the one of `ws`. */
  WebSocket?: WebSocketConstructor;
}
