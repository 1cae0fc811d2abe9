import type { HandshakeCode } from '../protocol/handshake-code.js';
import type { Connection } from './connection.js';
import type { Principal } from './principal.js';

/** Who ended a connection; `lost` when the line broke without a word. @publicApi */
export type CloseCause = 'server' | 'client' | 'lost';

/** What happens to connections. @publicApi */
export type ConnectionEvent =
  | { readonly type: 'accepted'; readonly connection: Connection }
  /** A handshake was refused: there is no connection. */
  | {
      readonly type: 'refused';
      readonly code: HandshakeCode;
      readonly address: string;
      readonly path: string;
    }
  /** An anonymous connection logged in. */
  | { readonly type: 'authenticated'; readonly connection: Connection }
  /** The same principal has a new credential, or other rights. */
  | { readonly type: 'refreshed'; readonly connection: Connection; readonly previous: Principal }
  /** Nothing but heartbeats came for too long; it is being closed. */
  | { readonly type: 'idle'; readonly connection: Connection }
  /** The node goes, and its connections with it. */
  | { readonly type: 'draining'; readonly connections: number }
  | {
      readonly type: 'closed';
      readonly connection: Connection;
      readonly code: number;
      readonly cause: CloseCause;
      /** What the server said; empty when it did not. */
      readonly reason: string;
    };
