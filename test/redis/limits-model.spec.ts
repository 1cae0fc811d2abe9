import fc from 'fast-check';
import { runFlood, runStorm } from './model/limit-runs.js';

/** Steady floods: nodes, limit, ttl, messages a second as a share of what is allowed, highest cost. */
const FLOODS: [nodes: number, limit: number, ttl: number, share: number, mostCost: number][] = [
  [1, 100, 1000, 6, 1],
  [2, 40, 1000, 3, 1],
  [2, 100, 10_000, 10, 1],
  [3, 100, 10_000, 5, 25],
  [5, 1000, 10_000, 1.5, 1],
  [10, 1000, 10_000, 1.5, 1],
  [10, 100, 60_000, 1.5, 1],
  [3, 1000, 60_000, 20, 250],
];

describe('Budgets lent to nodes, in virtual time', () => {
  it('R2 are never over the limit in any window, whatever happens to nodes, to Redis and on the way', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        expect(runStorm(seed, 20_000).most).toBeLessThanOrEqual(1);
      }),
      { numRuns: 40 },
    );
  });

  it.each(FLOODS)(
    'R2 are under it by at most 5 % in a flood: %d nodes, %d in %d ms, %d times what is allowed, costs up to %d',
    (nodes, limit, ttl, share, mostCost) => {
      const perSecond = (share * limit * 1000) / ttl / ((1 + mostCost) / 2);
      const lengthMs = Math.min(20 * ttl, 10_000 * (1000 / perSecond) + 5 * ttl);
      const run = runFlood({ seed: 1, nodes, users: 1, limit, ttl, perSecond, mostCost, lengthMs });
      expect(run.most).toBeLessThanOrEqual(1);
      expect(run.accepted).toBeGreaterThanOrEqual(run.possible * 0.9);
    },
  );

  it.each([
    ['two nodes flooded, 100 in 10 s', 0.01, { users: 1, limit: 100, ttl: 10_000, perSecond: 1000 }],
    [
      '2,000 users, 2,000 messages a second',
      0.1,
      { users: 2000, limit: 100, ttl: 60_000, perSecond: 2000, lengthMs: 75_000, callsFrom: 65_000 },
    ],
    ['10,000 in 10 s', 0.01, { users: 1, limit: 10_000, ttl: 10_000, perSecond: 1500 }],
  ])('R2 take few calls: %s', (_, most, flood) => {
    const run = runFlood({ seed: 1, nodes: 2, mostCost: 1, lengthMs: 30_000, ...flood });
    expect(run.calls / run.messages).toBeLessThan(most);
  });

  it('R2 need few calls and waits at 60 % of the limit', () => {
    const load = { users: 400, limit: 83, ttl: 10_000, perSecond: 2000 };
    const run = runFlood({ seed: 1, nodes: 2, mostCost: 1, lengthMs: 17_000, callsFrom: 13_000, ...load });
    expect(run.accepted).toBeGreaterThan(run.possible * 0.999);
    expect(run.waited / run.messages).toBeLessThan(0.15);
    expect(run.renewed / run.messages).toBeLessThan(0.35);
  });

  it.each([
    [2, 100, 5],
    [2, 100, 1.2],
    [2, 1000, 5],
    [2, 1000, 1.2],
    [3, 100, 5],
    [10, 100, 1.2],
  ])(
    'R2 are under it by at most 5 %% right after a jump in load: %d nodes, %d in 10 s, from 60 %% to %d times what is allowed',
    (nodes, limit, share) => {
      const ttl = 10_000;
      const allowed = (1000 * limit) / ttl;
      for (let seed = 1; seed <= 5; seed++) {
        const run = runFlood({
          seed,
          nodes,
          users: 1,
          limit,
          ttl,
          mostCost: 1,
          perSecond: 0.6 * allowed,
          surge: { at: 3 * ttl, perSecond: share * allowed },
          callsFrom: 3 * ttl,
          lengthMs: 4 * ttl,
        });
        expect(run.most).toBeLessThanOrEqual(1);
        expect(run.accepted).toBeGreaterThanOrEqual(run.possible * 0.95);
      }
    },
  );

  it('R2 let no more through than was allowed a while after the clock of Redis was set, and no less', () => {
    for (const step of [-3_600_000, -5000, 5000, 3_600_000]) {
      const run = runFlood({
        seed: 1,
        nodes: 2,
        users: 1,
        limit: 100,
        ttl: 10_000,
        perSecond: 50,
        mostCost: 1,
        lengthMs: 255_000,
        clockStep: { at: 30_000, ms: step },
        countFrom: 55_000,
      });
      expect(run.most).toBeLessThanOrEqual(1);
      expect(run.accepted).toBeGreaterThanOrEqual(run.possible * 0.9);
    }
  });
});
