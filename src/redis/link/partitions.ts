import { createHash } from 'node:crypto';
import { slotOf } from './key-slot.js';
import type { Partition } from './redis-port.js';

const SLOTS = 16_384;
const COUNT = 16;

/** Keys outside a Cluster have one tag: proxied services are Clusters that do not say so. */
const WHOLE: readonly Partition[] = [{ tag: '{c}' }];

/** All partitions; the first one holds tables and streams. */
export function partitionsOf(isCluster: boolean): readonly Partition[] {
  return isCluster ? CLUSTER : WHOLE;
}

/** The partition of an id: the same on every node. */
export function partitionOf(id: string, partitions: readonly Partition[]): Partition {
  const index = partitions.length === 1 ? 0 : createHash('sha1').update(id).digest().readUInt16BE() % COUNT;
  return partitions[index] as Partition;
}

/**
 * One tag in each sixteenth of the slots, so that partitions spread evenly over any usual number of masters. Plain
 * numbers would leave some of 16 masters without a partition.
 */
const CLUSTER: readonly Partition[] = Array.from({ length: COUNT }, (_, part) => {
  for (let n = 0; ; n++) {
    const tag = `${part}.${n}`;
    if (Math.floor((slotOf(tag) * COUNT) / SLOTS) === part) return { tag: `{${tag}}` };
  }
});
