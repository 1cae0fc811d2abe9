import type { Broadcast } from '../../nodes/broadcast-bus.js';
import { type Batch, BatchLog } from './batch-log.js';

const push = (json: string): Broadcast => ({ audience: { to: 'everyone' }, event: 'e', json });

function batch(key: string, readAt = 0, bytes = 10): Batch {
  return { key, broadcasts: [push(`${key}0`), push(`${key}1`)], bytes, readAt };
}

function logOf(base: string | undefined, ...batches: Batch[]): BatchLog {
  const log = new BatchLog(base, 100, 1000);
  for (const one of batches) log.add(one);
  return log;
}

function told(log: BatchLog, after: [string, number], to: [string, number]): string[] {
  const [start, end] = [after, to].map(([key, index]) => ({ key, index })) as [never, never];
  return log.between(start, end).map(({ json }) => json);
}

it('returns what lies between two positions, within batches too', () => {
  const log = logOf('a', batch('b'), batch('c'), batch('d'));
  expect(told(log, ['a', 999], ['d', 1])).toEqual(['b0', 'b1', 'c0', 'c1', 'd0', 'd1']);
  expect(told(log, ['b', 0], ['c', 0])).toEqual(['b1', 'c0']);
  expect(told(log, ['b', 1], ['b', 999])).toEqual([]);
  expect(told(log, ['c', -1], ['c', 0])).toEqual(['c0']);
});

it('knows the position after which it has everything', () => {
  const covers = (log: BatchLog, key: string): boolean => log.covers({ key, index: 0 });
  const log = logOf('b', batch('c'));
  expect(['a', 'b', 'c'].map((key) => covers(log, key))).toEqual([false, true, true]);
  log.reset(undefined);
  expect(covers(log, 'c')).toBe(false);
  log.add(batch('e'));
  expect(['c', 'd', 'e'].map((key) => covers(log, key))).toEqual([false, false, true]);
});

it('gives up what is too old, and what is too much', () => {
  const log = logOf('a', batch('b', 0), batch('c', 500), batch('d', 1001));
  expect(told(log, ['a', 0], ['d', 0])).toEqual(['c0', 'c1', 'd0']);
  expect([log.covers({ key: 'a', index: 0 }), log.covers({ key: 'b', index: 0 })]).toEqual([false, true]);
  log.add(batch('e', 1001, 85));
  expect(told(log, ['a', 0], ['e', 0])).toEqual(['d0', 'd1', 'e0']);
});

it('stays the same over many batches', () => {
  const key = (n: number): string => String(n).padStart(6, '0');
  const log = logOf(key(0));
  for (let n = 1; n <= 5000; n++) log.add(batch(key(n)));
  expect(told(log, [key(0), 0], [key(5000), 0]).length).toBe(19);
  expect(log.covers({ key: key(4990), index: 0 })).toBe(true);
  expect(log.covers({ key: key(4989), index: 0 })).toBe(false);
});
