import type { NodesAnswered } from './nodes-answered.interface.js';

/** One node, as it describes itself. Times are epoch milliseconds. @publicApi */
export interface NodeSummary {
  readonly id: string;
  /** `WS_NODE_ID`; by default the id. */
  readonly name: string;
  /** Whether it is the node that answers the request. */
  readonly isSelf: boolean;
  readonly startedAt: number;
  /** The version of the package. */
  readonly version: string;
  readonly health: 'ready' | 'degraded' | 'unready';
  readonly isDraining: boolean;
  readonly connections: number;
  /** `WS_MAX_CONNECTIONS`. */
  readonly maxConnections: number;
  /** Distinct principals. */
  readonly users: number;
  readonly anonymous: number;
  readonly rooms: number;
  /** Resident memory of the process in bytes. */
  readonly memoryBytes: number;
  /** The same on all nodes with the same settings. */
  readonly settings: string;
}

/** The answer of `GET /overview`. @publicApi */
export interface Overview {
  readonly nodes: NodesAnswered;
  readonly connections: number;
  readonly maxConnections: number;
  /** A user with connections to two nodes counts twice. */
  readonly users: number;
  readonly anonymous: number;
  /** Refusals of the last 15 minutes, by code. */
  readonly refusals: Readonly<Record<string, number>>;
  /** Listeners of `GET /events` on this node, and how many there may be. */
  readonly listeners: { readonly open: number; readonly limit: number };
  /** Whether all nodes that answered have the same settings. */
  readonly sameSettings: boolean;
  readonly perNode: readonly NodeSummary[];
}
