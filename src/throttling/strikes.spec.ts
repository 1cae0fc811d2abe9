import { Strikes } from './strikes.js';

it('I1 tells when so many came within a while, and until when the first of them counts', () => {
  const strikes = new Strikes<'a' | 'b'>(3, 1000);
  expect([strikes.add('a', 0), strikes.add('b', 400), strikes.add('a', 900)]).toEqual([0, 0, 100]);
});

it('forgets what is long ago', () => {
  const strikes = new Strikes<'a'>(3, 1000);
  expect([0, 500, 1000, 1500, 2000].map((now) => strikes.add('a', now))).toEqual([0, 0, 0, 0, 0]);
});

it('a limit of one forgives nothing', () => {
  expect(new Strikes<'a'>(1, 1000).add('a', 0)).toBeGreaterThan(0);
});

it('hands over its counts once', () => {
  const strikes = new Strikes<'a' | 'b'>(3, 1000);
  for (const kind of ['a', 'b', 'a'] as const) strikes.add(kind, 0);
  expect(strikes.takeCounts()).toEqual({ a: 2, b: 1 });
  expect(strikes.takeCounts()).toEqual({});
});
