import type { StreamEntry } from '../link/blocking-line.js';
import { StreamFollower } from './stream-follower.js';

const NOW = 1_000_000;

/** What a follower tells: numbers of entries, and gaps. */
function follow(): { told: (number | 'gap' | 'malformed')[]; follower: StreamFollower } {
  const told: (number | 'gap' | 'malformed')[] = [];
  const follower = new StreamFollower({
    onEntry: ({ g }) => told.push(g),
    onGap: () => told.push('gap'),
    onMalformed: () => told.push('malformed'),
  });
  return { told, follower };
}

const entry = (id: string, g: number): StreamEntry => [
  id,
  ['f', 'node', 'n', '1', 'g', String(g), 'b', '1', 'k', 'kind', 'd', 'body'].map((text) =>
    Buffer.from(text),
  ),
];

it('accepts entries that follow each other', () => {
  const { told, follower } = follow();
  follower.begin('', 0);
  follower.read([entry('5-0', 1), entry('5-1', 2)]);
  follower.heard(1);
  follower.read([entry('6-0', 3)]);
  expect([told, follower.position]).toEqual([[1, 2, 3], '6-0']);
});

it('tells a gap before the entry whose number is not the next one', () => {
  const { told, follower } = follow();
  follower.begin('4-0', 7);
  follower.read([entry('5-0', 8), entry('6-0', 10), entry('7-0', 11), entry('8-0', 1)]);
  expect(told).toEqual([8, 'gap', 10, 11, 'gap', 1]);
});

it('tells a gap when a later read finds nothing of what a beat has seen', () => {
  const { told, follower } = follow();
  follower.begin('4-0', 7);
  follower.beat({ lastId: '9-0', g: 9, n: 0 }, NOW, 100);
  // It was asked before the beat was answered.
  follower.heard(99);
  expect(told).toEqual([]);
  follower.read([entry('8-0', 8)]);
  // There may be more.
  follower.heard(101);
  expect(told).toEqual([8]);
  follower.heard(102);
  expect(told).toEqual([8, 'gap']);
  follower.heard(103);
  follower.read([entry('10-0', 10)]);
  expect(told).toEqual([8, 'gap', 10]);
});

it('takes any next entry after numbers have begun anew', () => {
  const { told, follower } = follow();
  follower.begin('4-0', 7);
  follower.lose(true);
  follower.beat({ lastId: '5-0', g: 2, n: 0 }, NOW, 100);
  follower.heard(101);
  follower.read([entry('6-0', 3)]);
  expect(told).toEqual(['gap', 3]);
});

it('reads from the start when the last id lies behind and the clock went back', () => {
  const { told, follower } = follow();
  follower.begin(`${NOW + 50}-0`, 7);
  follower.beat({ lastId: `${NOW + 50}-0`, g: 7, n: 0 }, NOW + 60, 100);
  follower.beat({ lastId: '', g: 0, n: 0 }, NOW, 200);
  expect([told, follower.position, follower.isAscending]).toEqual([['gap'], '0-0', false]);
  follower.read([entry(`${NOW + 1}-0`, 1), entry(`${NOW + 51}-0`, 2)]);
  expect([told, follower.isAscending]).toEqual([['gap', 1, 2], true]);
});

it('reads on when the stream was forgotten or is older, and the clock is right', () => {
  const { told, follower } = follow();
  follower.begin('400-0', 7);
  follower.beat({ lastId: '400-0', g: 7, n: 0 }, NOW, 100);
  follower.beat({ lastId: '', g: 7, n: 0 }, NOW, 200);
  follower.beat({ lastId: '300-0', g: 6, n: 0 }, NOW, 300);
  expect([told, follower.position]).toEqual([[], '400-0']);
});
