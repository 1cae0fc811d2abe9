import { slotOf } from './key-slot.js';
import { partitionOf, partitionsOf } from './partitions.js';

const bare = (tag: string): string => tag.slice(1, -1);

describe('partitions', () => {
  it('knows the slots of Redis Cluster', () => {
    expect([slotOf('123456789'), slotOf('foo'), slotOf('')]).toEqual([0x31c3, 12_182, 0]);
  });

  it('are one outside a Cluster, and one in each sixteenth of the slots within', () => {
    expect(partitionsOf(false)).toHaveLength(1);
    const sixteenths = partitionsOf(true).map(({ tag }) => Math.floor(slotOf(bare(tag)) / 1024));
    expect(sixteenths).toEqual(Array.from({ length: 16 }, (_, index) => index));
  });

  it('spread evenly over any usual number of masters', () => {
    for (const masters of [2, 3, 4, 5, 8, 16]) {
      const counts = Array.from({ length: masters }, () => 0);
      for (const { tag } of partitionsOf(true))
        (counts[Math.floor((slotOf(bare(tag)) * masters) / 16_384)] as number) += 1;
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(2);
    }
  });

  it('of an id stays the same, and all are used', () => {
    const all = partitionsOf(true);
    const used = new Set(Array.from({ length: 500 }, (_, index) => partitionOf(`id-${index}`, all).tag));
    expect(used.size).toBe(16);
    expect(partitionOf('a', all)).toBe(partitionOf('a', all));
    expect(partitionOf('a', partitionsOf(false)).tag).toBe('{c}');
  });
});
