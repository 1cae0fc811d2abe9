import type { ClusterClients } from '../../load/cluster/cluster-clients.js';
import type { ClusterScale } from '../../scale.js';
import type { Fleet, FleetOptions } from './fleet.js';

/** A figure, and what it should be. */
export interface Reading {
  readonly what: string;
  /** Infinite when it never came to an end. */
  readonly value: number;
  readonly digits: number;
  readonly unit: string;
  /** What the value should be: below, at most, at least or exactly this. Missing: only for information. */
  readonly reach?: readonly ['<' | '≤' | '≥' | '=', number];
}

export interface ClusterBench {
  readonly scale: ClusterScale;
  readonly clients: ClusterClients;
  readonly note: (text: string) => void;
}

/** Some of the figures, measured with a Redis and nodes of their own, unless the scale says otherwise. */
export interface Part {
  fleet(scale: ClusterScale): FleetOptions;
  measure(bench: ClusterBench, fleet: Fleet): Promise<Reading[]>;
}

/** Whether a reading is what it should be; undefined when nothing was expected. */
export function isReached({ value, reach }: Reading): boolean | undefined {
  if (!reach) return undefined;
  const [relation, goal] = reach;
  if (relation === '<') return value < goal;
  if (relation === '≤') return value <= goal;
  return relation === '≥' ? value >= goal : value === goal;
}
