import type { ConnectionSummary } from './connections.interface.js';
import type { NodesAnswered } from './nodes-answered.interface.js';

/** The query of `GET /rooms`. @publicApi */
export interface RoomQuery {
  readonly prefix?: string;
  /** Entries of a page, 1 to 100. Default: 50. */
  readonly limit?: number;
  readonly cursor?: string;
}

/** One room. @publicApi */
export interface RoomSummary {
  readonly name: string;
  /** Connections, on all nodes that answered. */
  readonly members: number;
}

/** The answer of `GET /rooms`, in the order of the names. @publicApi */
export interface RoomPage {
  readonly nodes: NodesAnswered;
  readonly rooms: readonly RoomSummary[];
  readonly cursor: string | null;
}

/** The answer of `GET /rooms/:name`. @publicApi */
export interface RoomAnswer extends RoomSummary {
  readonly nodes: NodesAnswered;
  readonly connections: readonly ConnectionSummary[];
  readonly cursor: string | null;
}
