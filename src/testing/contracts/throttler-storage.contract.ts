import assert from 'node:assert/strict';
import type { ThrottlerStorage } from '@nestjs/throttler';
import { knowsCost } from '../../throttling/ws-throttler-storage.interface.js';
import { type Bench, casesOf, type ContractCase, type CreateSubject } from './contract-case.js';
import { SeededRandom } from './seeded-random.js';
import {
  assertAccepted,
  assertRefused,
  declare,
  hit,
  type SentHit,
  Stopwatch,
  type ThrottlerContractOptions,
} from './throttler-bench.js';

/**
 * The contract of every exact `ThrottlerStorage`. All limits in it are below 40, for which storages that lease
 * budgets to nodes have to be exact too.
 *
 * @publicApi
 */
export function throttlerStorageContract(
  create: CreateSubject<ThrottlerStorage>,
  { runs = 100 }: ThrottlerContractOptions = {},
): ContractCase[] {
  return casesOf<ThrottlerStorage>(create, {
    'R2 accepts exactly the limit, with concurrent hits': async ({ store, other }) => {
      const rule = declare(7, 1000);
      const nodes = Array.from({ length: 50 }, (_, i) => (i % 2 === 0 ? store : other));
      const verdicts = await Promise.all(nodes.map((node) => hit(node, 'key', rule)));
      assert.equal(verdicts.filter(({ isBlocked }) => !isBlocked).length, 7);
    },

    'R2 returns the wait to the millisecond, and a refused hit does not prolong it': async (bench) => {
      const { store, other } = bench;
      const rule = declare(2, 1000);
      const time = new Stopwatch(bench);
      assertAccepted(await hit(store, 'key', rule));
      await time.pass(300);
      assertAccepted(await hit(other, 'key', rule));
      await time.pass(200);
      assertRefused(await hit(store, 'key', rule), 500, time.slack);
      const early = time.slack;
      await time.pass(499 - early);
      assertRefused(await hit(other, 'key', rule), 1 + early, time.slack);
      await time.pass(1 + 2 * early);
      assertAccepted(await hit(store, 'key', rule));
      assertRefused(await hit(store, 'key', rule), 300 - early, time.slack);
    },

    'R2 never accepts more than the limit in any window, and never refuses below it': (bench) =>
      holdToModel(bench, runs, [7]),

    'R2 never accepts more than the current limit, and never refuses below it': (bench) =>
      holdToModel(bench, runs, [1, 3, 7]),

    'blocks for blockDuration': async (bench) => {
      const { store, other } = bench;
      const rule = declare(1, 500, { blockDuration: 2000 });
      const time = new Stopwatch(bench);
      assertAccepted(await hit(store, 'key', rule));
      assertRefused(await hit(store, 'key', rule), 2000, time.slack);
      const early = time.slack;
      await time.pass(1999 - early);
      assertRefused(await hit(other, 'key', rule), 1 + early, time.slack);
      await time.pass(1 + 2 * early);
      assertAccepted(await hit(store, 'key', rule));
    },

    'counts a cost as that many hits, either all or none': async (bench) => {
      const { store, other } = bench;
      if (!knowsCost(store)) return;
      const rule = declare(5, 1000, { maxCost: 99 });
      const time = new Stopwatch(bench);
      assertAccepted(await hit(store, 'key', rule, { cost: 3 }));
      assertRefused(await hit(other, 'key', rule, { cost: 3 }), 1000, time.slack);
      assertAccepted(await hit(store, 'key', rule, { cost: 2 }));
      assertRefused(await hit(other, 'key', rule), 1000, time.slack);
      await time.pass(1000 + time.slack);
      assertAccepted(await hit(store, 'key', rule, { cost: 99 }));
      assertRefused(await hit(store, 'key', rule), 1000, time.slack);
    },

    'R2 a key has one budget, even if its limit changes': async (bench) => {
      const { store, other } = bench;
      const rule = declare(4, 1000);
      const time = new Stopwatch(bench);
      for (const limit of [2, 3, 4]) assertAccepted(await hit(store, 'key', rule, { limit }));
      for (const limit of [1, 2, 3])
        assertRefused(await hit(other, 'key', rule, { limit }), 1000, time.slack);
      await time.pass(400);
      assertAccepted(await hit(store, 'key', rule, { limit: 4 }));
      assertRefused(await hit(other, 'key', rule, { limit: 4 }), 600, time.slack);
      assertAccepted(await hit(other, 'key', rule, { limit: 5 }));
      const late = time.slack;
      await time.pass(600 + late);
      assertRefused(await hit(store, 'key', rule, { limit: 2 }), 400 - late, time.slack);
      assertAccepted(await hit(store, 'key', rule, { limit: 3 }));
    },

    'counts keys and throttlers separately': async ({ store, other }) => {
      const rule = declare(1, 1000);
      assertAccepted(await hit(store, 'key', rule));
      assertAccepted(await hit(other, 'other', rule));
      assertAccepted(await hit(other, 'key', rule, { throttler: 'second' }));
      assert.equal((await hit(other, 'key', rule)).isBlocked, true);
    },

    'R2 both methods count on the same window': async ({ store, other }) => {
      if (!knowsCost(other)) return;
      const rule = declare(2, 1000);
      assertAccepted(await hit(store, 'key', rule));
      assertAccepted(await other.increment('key', rule.ttl, rule.limit, 0, 'default', 1, rule));
      assert.equal((await hit(store, 'key', rule)).isBlocked, true);
    },

    'peek tells what is left, and counts nothing': async (bench) => {
      const { store, other } = bench;
      if (!knowsCost(store) || !knowsCost(other) || !store.peek || !other.peek) return;
      const rule = declare(5, 1000, { maxCost: 3 });
      const peek = (node: typeof store): unknown => node.peek?.('key', rule.ttl, rule.limit, 'default', rule);
      const time = new Stopwatch(bench);
      assert.deepEqual(await peek(store), { remaining: 5, retryAfterMs: 0 });
      assertAccepted(await hit(store, 'key', rule, { cost: 3 }));
      for (const node of [store, other, store])
        assert.deepEqual(await peek(node), { remaining: 2, retryAfterMs: 0 });
      assertAccepted(await hit(other, 'key', rule, { cost: 2 }));
      const { remaining, retryAfterMs } = (await peek(store)) as { remaining: number; retryAfterMs: number };
      assert.equal(remaining, 0);
      assert.ok(retryAfterMs > 0 && retryAfterMs <= 1000, `the wait is ${retryAfterMs} ms`);
      await time.pass(1000 + time.slack);
      assert.deepEqual(await peek(other), { remaining: 5, retryAfterMs: 0 });
    },

    'peek knows a block': async ({ store, other }) => {
      if (!knowsCost(store) || !knowsCost(other) || !other.peek) return;
      const rule = declare(1, 500, { blockDuration: 20_000 });
      assertAccepted(await hit(store, 'key', rule));
      assert.equal((await hit(store, 'key', rule)).isBlocked, true);
      const { remaining, retryAfterMs } = await other.peek('key', rule.ttl, rule.limit, 'default', rule);
      assert.equal(remaining, 0);
      assert.ok(retryAfterMs > 10_000 && retryAfterMs <= 20_000, `the wait is ${retryAfterMs} ms`);
    },

    'a limit of 0 refuses every hit': async ({ store }) => {
      const verdict = await hit(store, 'key', declare(0, 1000));
      assert.equal(verdict.isBlocked, true);
    },
  });
}

const TTL = 700;

/** Compares random schedules with a model that keeps every hit. */
async function holdToModel(
  bench: Bench<ThrottlerStorage>,
  runs: number,
  limits: readonly [number, ...number[]],
): Promise<void> {
  const rule = declare(Math.max(...limits), TTL);
  for (let seed = 1; seed <= runs; seed++) {
    const random = new SeededRandom(seed);
    const time = new Stopwatch(bench);
    const accepted: SentHit[] = [];
    const gaps = random.list(40, () => random.pick([0, 1, TTL, random.int(0, 250), random.int(0, 250)]));
    for (const gap of gaps) {
      if (gap > 0) await time.pass(gap);
      const limit = random.pick(limits);
      const node = random.pick([bench.store, bench.other]);
      const sent = await time.time(1, () => hit(node, `run-${seed}`, rule, { limit }));
      const [surely, perhaps] = countsIn(accepted, sent, bench.toleranceMs);
      const where = `schedule ${seed}, at ${sent.sent} ms, limit ${limit}`;
      if (sent.isBlocked) assert.ok(perhaps >= limit, `${where}: refused after ${perhaps}`);
      else assert.ok(surely < limit, `${where}: accepted after ${surely}`);
      if (!sent.isBlocked) accepted.push(sent);
    }
  }
}

/** The number of earlier hits that are certainly, and possibly, in the window of this one. */
function countsIn(
  accepted: readonly SentHit[],
  { sent, answered }: SentHit,
  toleranceMs: number,
): [surely: number, perhaps: number] {
  return [
    accepted.filter((earlier) => answered - earlier.sent < TTL - toleranceMs).length,
    accepted.filter((earlier) => sent - earlier.answered < TTL + toleranceMs).length,
  ];
}
