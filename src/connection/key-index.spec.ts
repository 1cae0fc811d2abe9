import { KeyIndex } from './key-index.js';

it('keeps the values of a key in the order in which they came', () => {
  const index = new KeyIndex<string, number>();
  for (const value of [3, 1, 2, 1]) index.add('a', value);
  index.add('b', 1);
  expect([...index.of('a')]).toEqual([3, 1, 2]);
  expect([...index.of('c')]).toEqual([]);
});

it('S10 forgets keys without values', () => {
  const index = new KeyIndex<string, number>();
  for (const key of ['a', 'b', 'c']) index.add(key, 1);
  index.delete('a', 1);
  index.delete('b', 2);
  index.deleteKey('c');
  index.delete('d', 1);
  expect([index.size, ...index.of('b')]).toEqual([1, 1]);
});
