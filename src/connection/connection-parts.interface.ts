import type { PushText } from '../protocol/push-text.js';
import type { Principal } from './principal.js';
import type { SenderProof } from './sender-proof.js';

/** The part of a `ws` socket a connection needs. @publicApi */
export interface ConnectionSocket {
  readonly readyState: number;
  readonly protocol: string;
  send(text: string): void;
  /** As `send`, of a text that many get. @internal */
  sendShared(push: PushText): void;
  ping(data?: string): void;
  pong(data: Buffer): void;
  /** Whether more waits for the client than it may. */
  readonly isBehind: boolean;
  /** How many bytes may wait for the client. */
  readonly maxBufferedBytes: number;
  close(code: number, reason: string): void;
  terminate(): void;
}

/** What a connection has a timer for. */
export type TimerName = 'heartbeat' | 'idle' | 'expiry';

/** What a connection asks of the session that outlives it. */
export interface ConnectionSession {
  /** Epoch milliseconds at which its first connection was opened. */
  readonly startedAt: number;
  /** Whether a push to this connection is one of the session: not when the client has come back on another one. */
  isOf(connection: { readonly id: string }): boolean;
  /** Whether it has the broadcast at a position of the bus already. */
  includes(at: string): boolean;
  /** Numbers a push and keeps it. @param room where it was sent to @returns its text */
  add(push: PushText, room: string | undefined): string;
}

/** The inbound side of a connection. */
export interface ConnectionInbound {
  /** The server has started to close it: nothing is served any more. */
  abandon(): void;
  /** Reads nothing more, and resolves when everything that was read has been answered. */
  finish(): Promise<void>;
}

export interface ConnectionInit {
  id: string;
  socket: ConnectionSocket;
  principal: Principal;
  /** The client's address as limits count it. */
  address: string;
  path: string;
  openedAt: number;
  proof: SenderProof;
}
