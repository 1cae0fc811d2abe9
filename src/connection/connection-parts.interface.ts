import type { PathCounters } from '../counters/path-counters.js';
import type { PushText } from '../protocol/push-text.js';
import type { ConnectionAuth } from './connection-auth.js';
import type { Principal } from './principal.js';
import type { SenderProof } from './sender-proof.js';

/** The part of a `ws` socket that a connection needs. @publicApi */
export interface ConnectionSocket {
  readonly readyState: number;
  readonly protocol: string;
  send(text: string): void;
  /** Like `send`, for a text with several recipients. @internal */
  sendShared(push: PushText): void;
  /** Holds back what is sent until `flush()`, so that it leaves together. @internal */
  collect(): void;
  /** Writes what was held back. @internal */
  flush(): void;
  ping(data?: string): void;
  pong(data: Buffer): void;
  /** Whether more bytes are waiting for the client than allowed. */
  readonly isBehind: boolean;
  /** Bytes read from the network. @internal */
  readonly received: number;
  /** Bytes written to the network. @internal */
  readonly sent: number;
  /** The bytes waiting for the client. @internal */
  readonly bufferedBytes: number;
  /** The limit of bytes waiting for the client. */
  readonly maxBufferedBytes: number;
  close(code: number, reason: string): void;
  terminate(): void;
}

/** The timers of a connection. */
export type TimerName = 'heartbeat' | 'idle' | 'expiry';

/** The part of a session that its connection needs. */
export interface ConnectionSession {
  /** Epoch milliseconds when its first connection was opened. */
  readonly startedAt: number;
  /** Whether pushes to this connection belong to the session. They do not if the client has resumed on another one. */
  isOf(connection: { readonly id: string }): boolean;
  /** Whether the session already has the broadcast at a position of the bus. */
  includes(at: string): boolean;
  /** Numbers a push and keeps it. @param room the room it was sent to @returns the numbered text */
  add(push: PushText, room: string | undefined): string;
}

/** The inbound side of a connection. */
export interface ConnectionInbound {
  /** The server has started to close the connection: no more messages are handled. */
  abandon(): void;
  /** Handlers that run, and messages that wait for one. */
  readonly load: { readonly inFlight: number; readonly queued: number };
  /** Stops reading, and resolves when all messages read so far have been answered. */
  finish(): Promise<void>;
  /** The client has broken the protocol of frames. */
  broken(): void;
  /** The connection has closed. */
  left(): void;
}

export interface ConnectionInit {
  id: string;
  socket: ConnectionSocket;
  principal: Principal;
  /** The key that its messages are counted under. */
  limitKey: string;
  auth: ConnectionAuth | null;
  /** The client's address, as used by limits. */
  address: string;
  path: string;
  openedAt: number;
  proof: SenderProof;
  /** Whether its gateways are unsecured. */
  isUnsecured: boolean;
  /** What is counted of its path. */
  counters: PathCounters;
}
