import type { CloseCode } from '../protocol/close-code.enum.js';
import { WS_SECURITY_PROTOCOL } from '../protocol/subprotocol.js';
import type { ConnectionInit, ConnectionSocket } from './connection-parts.interface.js';
import type { Principal } from './principal.js';

const OPEN = 1;

/**
 * One accepted WebSocket and who is on it. Frames go out through it, so that they always have the shape of
 * the protocol and a value that cannot be serialised never becomes an uncaught exception.
 *
 * @publicApi
 */
export abstract class Connection {
  /** Random, and unique on all nodes. */
  readonly id: string;
  /** What it writes to: frames that are sent there directly have no shape but their own. */
  readonly socket: ConnectionSocket;
  /** The client's address as limits count it. */
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

  /** Who is on it now: a login or a refresh replaces it, so keep the connection rather than the principal. */
  abstract get principal(): Principal;

  get isOpen(): boolean {
    return this.socket.readyState === OPEN;
  }

  /** Whether it reads more slowly than it is allowed to; it is closed unless it catches up. */
  get isBehind(): boolean {
    return this.socket.isBehind;
  }

  /** Whether the client speaks `ws-security.v1`. */
  get speaksProtocol(): boolean {
    return this.socket.protocol === WS_SECURITY_PROTOCOL;
  }

  /**
   * Sends an event nobody asked for.
   *
   * @throws TypeError when `data` cannot be serialised as JSON
   */
  abstract push(event: string, data: unknown): void;

  /**
   * Starts the closing handshake; the socket is cut when the client does not answer it. Clients of `ws-security.v1` hear
   * first what to do next.
   *
   * @param reason for the client, at most 123 bytes of it (RFC 6455 §5.5.1)
   * @param retryAfterMs milliseconds the client should stay away, where it may come back
   */
  abstract close(code: CloseCode, reason?: string, retryAfterMs?: number): void;

  /** Cuts the line without a word. */
  terminate(): void {
    this.socket.terminate();
  }
}
