import type { NodeEntry } from '../streams/stream-entry.js';
import { RepeatedEntries } from './repeated-entries.js';

const entry = (node: string, n: number): NodeEntry => ({
  id: '1-0',
  node,
  n,
  g: 1,
  kind: 'p',
  body: Buffer.alloc(0),
});

describe('entries that were read before', () => {
  it('are those with a number of the same node that is not above its last one', () => {
    const repeated = new RepeatedEntries();
    const read = (node: string, n: number): boolean => repeated.has(entry(node, n));
    expect([read('a', 1), read('b', 1), read('a', 3), read('a', 2), read('a', 3), read('a', 4)]).toEqual([
      false,
      false,
      false,
      true,
      true,
      false,
    ]);
  });

  it('R11 are remembered for a thousand nodes', () => {
    const repeated = new RepeatedEntries();
    for (let i = 0; i < 1001; i++) repeated.has(entry(`node ${i}`, 1));
    expect([repeated.has(entry('node 1', 1)), repeated.has(entry('node 0', 1))]).toEqual([true, false]);
  });
});
