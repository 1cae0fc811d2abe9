import { Tally } from './tally.js';

it('O1 counts given keys, and everything else together', () => {
  const subject = new Tally(['a', 'b']);
  expect([...subject]).toEqual([
    ['a', 0],
    ['b', 0],
  ]);
  subject.add('a', 2);
  for (let i = 0; i < 1000; i++) subject.add(`invented ${i}`);
  subject.add('constructor');
  expect([...subject]).toEqual([
    ['a', 2],
    ['b', 0],
    ['other', 1001],
  ]);
});
