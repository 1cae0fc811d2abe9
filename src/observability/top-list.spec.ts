import { TopList } from './top-list.js';

it('lists the most frequent keys, the first one first', () => {
  const list = new TopList(8);
  for (const key of ['a', 'b', 'b', 'c', 'b', 'c']) list.add(key);
  expect(list.top(2)).toEqual([
    { key: 'b', count: 3 },
    { key: 'c', count: 2 },
  ]);
});

it('keeps a frequent key among more keys than it can hold', () => {
  const list = new TopList(16);
  for (let index = 0; index < 10_000; index++) {
    list.add(`rare ${String(index)}`);
    if (index % 8 === 0) list.add('frequent');
  }
  const [first] = list.top(16);
  expect(first?.key).toBe('frequent');
  expect(first?.count).toBeGreaterThanOrEqual(1250);
  expect(list.top(100)).toHaveLength(16);
});

it('forgets everything when it is cleared', () => {
  const list = new TopList(2);
  list.add('a', 5);
  list.clear();
  expect(list.top(2)).toEqual([]);
});
