import type { CredentialSource } from '../../auth/credential.js';
import type { PrincipalKind } from '../../connection/principal.js';
import type { NodesAnswered } from './nodes-answered.interface.js';

/** The query of `GET /connections`. All filters must match. @publicApi */
export interface ConnectionQuery {
  /** The exact id of the principal. */
  readonly user?: string;
  /** The exact issuer; empty for principals without one. */
  readonly issuer?: string;
  /** The exact address, as limits count it: IPv6 by its prefix. */
  readonly address?: string;
  readonly room?: string;
  readonly path?: string;
  /** Entries of a page, 1 to 100. Default: 50. */
  readonly limit?: number;
  /** From the previous page. */
  readonly cursor?: string;
}

/** One connection in a list. Times are epoch milliseconds. @publicApi */
export interface ConnectionSummary {
  readonly id: string;
  /** The id of its node. */
  readonly node: string;
  /** Null if it is anonymous. */
  readonly user: string | null;
  readonly issuer: string | null;
  readonly kind: PrincipalKind;
  /** Where the client had its credential; null if it is anonymous. */
  readonly source: CredentialSource | 'certificate' | null;
  readonly address: string;
  readonly path: string;
  readonly openedAt: number;
  readonly lastSeenAt: number;
  /** Bytes that wait for the client. */
  readonly bufferedBytes: number;
}

/** The answer of `GET /connections`: the newest first. @publicApi */
export interface ConnectionPage {
  readonly nodes: NodesAnswered;
  readonly connections: readonly ConnectionSummary[];
  /** Asks for the next page; null on the last one. */
  readonly cursor: string | null;
}

/** What is left of one limit. @publicApi */
export interface BudgetLeft {
  /** The name of the throttler. */
  readonly throttler: string;
  /** `*` for all events, `Chat@/ws` for those of a gateway, `Chat.say@/ws` for one event. */
  readonly scope: string;
  /** Null if it cannot be told: the storage of the application does not implement `peek()`, or it failed. */
  readonly remaining: number | null;
  readonly limit: number;
  readonly ttlMs: number;
  /** Milliseconds until a hit is accepted again; 0 if one is now. */
  readonly retryAfterMs: number;
}

/** Everything about one connection that an operator may see. @publicApi */
export interface ConnectionDetail extends ConnectionSummary {
  /** Epoch milliseconds when its session began; earlier than `openedAt` if it was resumed. */
  readonly startedAt: number;
  /** Epoch milliseconds when its credential expires; null if it does not. */
  readonly expiresAt: number | null;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  /** The session as security events name it: 12 hexadecimal digits of its hash. */
  readonly session: string | null;
  /** The subprotocol; empty if there is none. */
  readonly protocol: string;
  /** The first 100 rooms, or those that fit into 8 KB. */
  readonly rooms: readonly string[];
  readonly roomCount: number;
  /** Handlers that run, and messages that wait for one. */
  readonly inFlight: number;
  readonly queued: number;
  /** Whether reading is paused until handlers have answered. */
  readonly isPaused: boolean;
  /** `WS_MAX_BUFFERED_BYTES`. */
  readonly maxBufferedBytes: number;
  readonly strikes: { readonly count: number; readonly limit: number; readonly ttlMs: number };
  readonly budgets: readonly BudgetLeft[];
}

/** The answer of `GET /connections/:id`. @publicApi */
export interface ConnectionAnswer {
  readonly nodes: NodesAnswered;
  readonly connection: ConnectionDetail;
}
