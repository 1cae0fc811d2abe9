import type { OutageReason } from '../link/outage-reason.js';

/**
 * What operators hear about the nodes. `partition` is the tag of the keys concerned.
 *
 * - `cluster.memory-lost`: Redis lost memory, and is told again what this node knows
 * - `cluster.returned`: this node was silent for so long that others counted it as dead
 * - `cluster.version`: nodes with other rules live; this one is not ready
 * - `cluster.down`, `cluster.up`: Redis answers, but nothing can be written, because it is full or refuses writes; it can be
 *   again
 *
 * @publicApi
 */
export type MembershipEvent =
  | {
      readonly type: 'cluster.memory-lost' | 'cluster.returned' | 'cluster.version' | 'cluster.up';
      readonly partition: string;
    }
  | { readonly type: 'cluster.down'; readonly partition: string; readonly reason: OutageReason };
