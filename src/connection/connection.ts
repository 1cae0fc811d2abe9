import type { CloseCode } from '../protocol/close-code.enum.js';
import { WS_SECURITY_PROTOCOL } from '../protocol/subprotocol.js';
import type { ConnectionAuth } from './connection-auth.js';
import type { ConnectionInit, ConnectionSocket } from './connection-parts.interface.js';
import type { Principal } from './principal.js';
import type { PushName, PushOf, WsEvents } from '../protocol/ws-events.js';

const OPEN = 1;

/**
 * An accepted WebSocket and its principal. Frames sent through it always have the format of the protocol, and a value
 * that cannot be serialized never causes an uncaught exception.
 *
 * @publicApi
 */
export abstract class Connection {
  /** Random, unique across all nodes. */
  readonly id: string;
  /** The socket. Frames sent on it directly bypass the protocol. */
  readonly socket: ConnectionSocket;
  /** The client's address, as used by limits. */
  readonly address: string;
  /** The path of its gateway. */
  readonly path: string;
  /** Epoch milliseconds. */
  readonly openedAt: number;

  /** @internal */
  constructor(init: ConnectionInit) {
    this.id = init.id;
    this.socket = init.socket;
    this.address = init.address;
    this.path = init.path;
    this.openedAt = init.openedAt;
  }

  /** The current principal. A login or a refresh replaces it, so keep the connection instead of the principal. */
  abstract get principal(): Principal;

  /** What its principal authenticated with the last time; null if it is anonymous. */
  abstract get auth(): ConnectionAuth | null;

  get isOpen(): boolean {
    return this.socket.readyState === OPEN;
  }

  /** Whether the client reads too slowly. It is closed unless it catches up. */
  get isBehind(): boolean {
    return this.socket.isBehind;
  }

  /** Whether the client speaks `ws-security.v1`. */
  get speaksProtocol(): boolean {
    return this.socket.protocol === WS_SECURITY_PROTOCOL;
  }

  /**
   * Sends an event that is not a reply.
   *
   * @throws TypeError if `data` cannot be serialized as JSON
   */
  abstract push(event: string, data: unknown): void;

  /** Returns this connection, with types that allow only the pushes of a contract. It costs nothing at runtime. */
  typed<Events extends WsEvents>(): TypedConnection<Events> {
    return this;
  }

  /**
   * Starts the closing handshake. If the client does not answer it, the socket is destroyed. Clients that speak
   * `ws-security.v1` first receive advice on how to reconnect.
   *
   * @param reason sent to the client, truncated to 123 bytes (RFC 6455 §5.5.1)
   * @param retryAfterMs milliseconds the client should wait before it reconnects, if it may
   */
  abstract close(code: CloseCode, reason?: string, retryAfterMs?: number): void;

  /** Destroys the socket without a close frame. */
  terminate(): void {
    this.socket.terminate();
  }
}

/** A {@link Connection} that pushes only what a contract has. @publicApi */
export interface TypedConnection<Events> extends Omit<Connection, 'push' | 'typed'> {
  /** See {@link Connection.push}. */
  push<Name extends PushName<Events>>(event: Name, data: PushOf<Events, Name>): void;
}
