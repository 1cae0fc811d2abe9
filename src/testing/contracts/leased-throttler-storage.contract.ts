import assert from 'node:assert/strict';
import type { WsThrottlerStorage } from '../../throttling/ws-throttler-storage.interface.js';
import { waitOf } from '../../throttling/throttler-verdict.interface.js';
import { type Bench, casesOf, type ContractCase, type CreateSubject } from './contract-case.js';
import { SeededRandom } from './seeded-random.js';
import {
  assertAccepted,
  assertNeverOver,
  assertRefused,
  declare,
  hit,
  type SentHit,
  Stopwatch,
  type ThrottlerContractOptions,
} from './throttler-bench.js';

const LIMIT = 100;
const TTL = 1000;
/** The share of a budget that nodes may have leased but not spent. */
const HELD_BACK = 0.05;
/** The length of a flood in windows, long enough to detect a storage that loses a little in each. */
const FLOOD_WINDOWS = 20;
const FLOODED = FLOOD_WINDOWS * LIMIT;
/**
 * The share of a window by which a wait may be longer than that of an exact window, because leases have to come back.
 */
const LENT_FOR = 1 / 4;

/**
 * The contract of every storage that leases budgets to its nodes: it never exceeds a limit, and accepts at least 95 %
 * of it. Exact storages fulfil it too.
 *
 * @publicApi
 */
export function leasedThrottlerStorageContract(
  create: CreateSubject<WsThrottlerStorage>,
  { runs = 100 }: ThrottlerContractOptions = {},
): ContractCase[] {
  return casesOf<WsThrottlerStorage>(create, {
    'R2 never accepts more than the limit in any window, on all nodes together': (bench) =>
      neverOver(bench, runs, 1),

    'R2 never accepts more than the limit in any window, with any costs': (bench) =>
      neverOver(bench, runs, LIMIT / 4),

    'R2 accepts at least 95 % of the hits that an exact window would, in a flood on all nodes': async (
      bench,
    ) => {
      const time = new Stopwatch(bench);
      const rule = declare(LIMIT, TTL);
      const hits: SentHit[] = [];
      const accepted: SentHit[] = [];
      while (accepted.length < FLOODED && time.now < 2 * FLOOD_WINDOWS * TTL) {
        const nodes = [bench.store, bench.other].flatMap((node) => [node, node, node]);
        const some = await Promise.all(nodes.map((node) => time.time(1, () => hit(node, 'key', rule))));
        hits.push(...some);
        accepted.push(...some.filter(({ isBlocked }) => !isBlocked));
        await time.pass(10);
      }
      assertNeverOver(accepted, LIMIT, TTL, bench.toleranceMs, 'flood');
      const took = accepted[FLOODED - 1]?.sent ?? Infinity;
      const exact = exactTimeOf(hits);
      const most = exact / (1 - HELD_BACK) + bench.toleranceMs;
      assert.ok(took <= most, `${FLOODED} hits took ${took} ms where an exact window takes ${exact} ms`);
    },

    'R2 accepts at least 95 % of the limit when all hits come at once': async ({ store, other }) => {
      const rule = declare(LIMIT, TTL);
      const nodes = Array.from({ length: 4 * LIMIT }, (_, i) => (i % 2 === 0 ? store : other));
      const verdicts = await Promise.all(nodes.map((node) => hit(node, 'key', rule)));
      const accepted = verdicts.filter(({ isBlocked }) => !isBlocked).length;
      assert.ok(accepted >= LIMIT * (1 - HELD_BACK) && accepted <= LIMIT, `${accepted} of ${LIMIT} accepted`);
    },

    'R2 a refused hit returns a wait, after which one is accepted': async (bench) => {
      const { store, other, pass, toleranceMs } = bench;
      const rule = declare(LIMIT, TTL);
      for (const node of [store, other, store]) {
        await drain(node, 'key');
        const wait = waitOf(await hit(node, 'key', rule));
        assert.ok(wait > 0 && wait <= TTL * (1 + LENT_FOR) + toleranceMs, `the wait is ${wait} ms`);
        await pass(wait + toleranceMs);
        assertAccepted(await hit(node, 'key', rule), `refused after the ${wait} ms that were asked for`);
      }
    },

    'a refused hit does not prolong the wait': async (bench) => {
      const { store, other, pass, toleranceMs } = bench;
      const rule = declare(LIMIT, TTL);
      await drain(store, 'key');
      for (let i = 0; i < 50; i++) assert.equal((await hit(other, 'key', rule)).isBlocked, true);
      await pass(TTL * (1 + LENT_FOR) + toleranceMs);
      assertAccepted(await hit(other, 'key', rule));
    },

    'blocks for blockDuration on all nodes': async ({ store, other, pass, toleranceMs: slack }) => {
      const rule = declare(LIMIT, TTL, { blockDuration: 3 * TTL });
      const nodes = Array.from({ length: LIMIT }, (_, i) => (i % 2 === 0 ? store : other));
      const verdicts = await Promise.all(nodes.map((node) => hit(node, 'key', rule)));
      for (const verdict of verdicts) assertAccepted(verdict);
      assertRefused(await hit(store, 'key', rule), 3 * TTL, slack);
      await pass(3 * TTL - 1 - slack);
      assertRefused(await hit(other, 'key', rule), 1 + slack, slack);
      await pass(1 + 2 * slack);
      assertAccepted(await hit(other, 'key', rule));
    },

    'counts a cost as that many hits, either all or none': async ({ store }) => {
      const rule = declare(LIMIT, TTL, { maxCost: 15 });
      for (let i = 0; i < 6; i++) assertAccepted(await hit(store, 'key', rule, { cost: 15 }));
      // Ten are left. Refused hits must not use them up.
      for (let i = 0; i < 5; i++)
        assert.equal(
          (await hit(store, 'key', rule, { cost: 15 })).isBlocked,
          true,
          'a hit above the rest was accepted',
        );
      const left = await acceptedOf(store, 'key', 20);
      assert.ok(left >= 10 - LIMIT * HELD_BACK && left <= 10, `${left} were left of 10`);
    },

    'R2 a key has one budget, even if its limit changes': async ({ store }) => {
      const rule = declare(LIMIT, TTL);
      assert.equal(await acceptedOf(store, 'key', 60), 60);
      assert.equal((await hit(store, 'key', rule, { limit: 50 })).isBlocked, true, 'above the lower limit');
      const more = await acceptedOf(store, 'key', 200, 2 * LIMIT);
      assert.ok(more >= 140 - 2 * LIMIT * HELD_BACK && more <= 140, `${more} more of 140 were accepted`);
    },

    'counts keys and throttlers separately': async ({ store, other }) => {
      const rule = declare(LIMIT, TTL);
      await drain(store, 'key');
      assertAccepted(await hit(other, 'other', rule));
      assertAccepted(await hit(other, 'key', rule, { throttler: 'second' }));
      assert.equal((await hit(other, 'key', rule)).isBlocked, true);
    },
  });
}

/** Uses up the budget of a key. */
async function drain(node: WsThrottlerStorage, key: string): Promise<void> {
  const accepted = await acceptedOf(node, key, 2 * LIMIT);
  assert.ok(accepted <= LIMIT, `${accepted} of ${LIMIT} accepted`);
}

/** Sends concurrently, because sequential hits could take longer than a window over a network. */
async function acceptedOf(
  node: WsThrottlerStorage,
  key: string,
  times: number,
  limit = LIMIT,
): Promise<number> {
  const rule = declare(LIMIT, TTL);
  const hits = Array.from({ length: times }, () => hit(node, key, rule, { limit }));
  return (await Promise.all(hits)).filter(({ isBlocked }) => !isBlocked).length;
}

/** Random bursts on random nodes. */
async function neverOver(bench: Bench<WsThrottlerStorage>, runs: number, maxCost: number): Promise<void> {
  const rule = declare(LIMIT, TTL, { maxCost });
  for (let seed = 1; seed <= runs; seed++) {
    const random = new SeededRandom(seed);
    const time = new Stopwatch(bench);
    const hits: SentHit[] = [];
    for (const gap of random.list(30, () => random.pick([1, random.int(1, 50), random.int(1, TTL)]))) {
      const burst = Array.from({ length: random.int(1, LIMIT / 2) }, () => random.int(1, maxCost));
      const node = random.pick([bench.store, bench.other]);
      const send = (cost: number) => time.time(cost, () => hit(node, `run-${seed}`, rule, { cost }));
      hits.push(...(await Promise.all(burst.map(send))));
      await time.pass(gap);
    }
    const accepted = hits.filter(({ isBlocked }) => !isBlocked);
    assertNeverOver(accepted, LIMIT, TTL, bench.toleranceMs, `schedule ${seed}`);
  }
}

/** The milliseconds that an exact window needs to accept the expected number of these hits. */
function exactTimeOf(hits: readonly SentHit[]): number {
  const accepted: number[] = [];
  for (const { sent } of hits) {
    const oldest = accepted.at(-LIMIT);
    if (oldest === undefined || sent - oldest >= TTL) accepted.push(sent);
  }
  return accepted[FLOODED - 1] ?? Infinity;
}
