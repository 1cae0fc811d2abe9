/**
 * What operators hear about the nodes. `partition` is the tag of the keys concerned.
 *
 * - `cluster.memory-lost`: Redis lost memory, and is told again what this node knows
 * - `cluster.returned`: this node was silent for so long that others counted it as dead
 * - `cluster.version`: nodes with other rules live; this one is not ready
 */
export interface MembershipEvent {
  readonly type: 'cluster.memory-lost' | 'cluster.returned' | 'cluster.version';
  readonly partition: string;
}
