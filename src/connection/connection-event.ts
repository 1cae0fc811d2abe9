import type { HandshakeCode } from '../protocol/handshake-code.js';
import type { Connection } from './connection.js';
import type { Principal } from './principal.js';

/** The side that ended a connection; `lost` if it ended without a close frame. @publicApi */
export type CloseCause = 'server' | 'client' | 'lost';

/** What a client says about itself in its handshake: at most 128 characters, without control characters. @publicApi */
export interface ClientDetails {
  readonly origin?: string | undefined;
  readonly userAgent?: string | undefined;
  /** The trace id of the `traceparent` header (W3C Trace Context). */
  readonly traceId?: string | undefined;
}

/** An event in the life of connections. @publicApi */
export type ConnectionEvent =
  | { readonly type: 'accepted'; readonly connection: Connection; readonly client: ClientDetails }
  /** A handshake was refused. There is no connection. */
  | {
      readonly type: 'refused';
      readonly code: HandshakeCode;
      readonly address: string;
      readonly path: string;
    }
  /** An anonymous connection logged in. */
  | { readonly type: 'authenticated'; readonly connection: Connection }
  /** The principal has a new credential or other rights. */
  | { readonly type: 'refreshed'; readonly connection: Connection; readonly previous: Principal }
  /** The connection is being closed, because nothing but heartbeats arrived for too long. */
  | { readonly type: 'idle'; readonly connection: Connection }
  /** The node is shutting down, or sends its clients away. */
  | { readonly type: 'draining'; readonly connections: number }
  /** A server with gateways listens. */
  | { readonly type: 'listening' }
  /** The shutdown of the node has ended its connections. */
  | {
      readonly type: 'drained';
      /** Connections that ended within `WS_DRAIN_TIMEOUT_MS`. */
      readonly answered: number;
      /** Connections that were cut then. */
      readonly cut: number;
    }
  | {
      readonly type: 'closed';
      readonly connection: Connection;
      readonly code: number;
      readonly cause: CloseCause;
      /** The reason that the server gave; empty if the client closed the connection. */
      readonly reason: string;
    };
