import { CompactIndex } from './compact-index.js';

interface Item {
  readonly name: string;
}

const [one, two, three]: readonly Item[] = [{ name: 'one' }, { name: 'two' }, { name: 'three' }];

let index: CompactIndex<Item>;

beforeEach(() => {
  index = new CompactIndex();
});

it('finds everything under a key, and nothing under another', () => {
  index.add('a', one as Item);
  index.add('b', two as Item);
  index.add('b', three as Item);
  expect([index.get('a'), index.get('b'), index.get('c')]).toEqual([[one], [two, three], []]);
});

it('holds one thing once, however often it is added', () => {
  for (const item of [one, one, two, two]) index.add('a', item as Item);
  expect(index.get('a')).toEqual([one, two]);
});

it('forgets a key with the last thing under it', () => {
  for (const item of [one, two, three]) index.add('a', item as Item);
  for (const item of [two, two, one]) index.delete('a', item as Item);
  expect(index.get('a')).toEqual([three]);
  index.delete('a', one as Item);
  index.delete('b', three as Item);
  expect(index.get('a')).toEqual([three]);
  index.delete('a', three as Item);
  expect(index.size).toBe(0);
});

it('what it returns does not change while things come and go', () => {
  for (const item of [one, two]) index.add('a', item as Item);
  const found = index.get('a');
  index.delete('a', one as Item);
  expect(found).toEqual([one, two]);
});
