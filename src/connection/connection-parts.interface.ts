import type { PushText } from '../protocol/push-text.js';
import type { Principal } from './principal.js';
import type { SenderProof } from './sender-proof.js';

/** The part of a `ws` socket a connection needs. */
export interface ConnectionSocket {
  readonly readyState: number;
  readonly protocol: string;
  send(text: string): void;
  /** As `send`, of a text that many get. */
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

/** What a connection asks of who reads from it. */
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
