import assert from 'node:assert/strict';
import type { BanStore } from '../../throttling/bans/ban-store.js';
import { casesOf, type ContractCase, type CreateSubject } from './contract-case.js';

const ALICE = 'principal:0::alice';
const BOB = 'principal:0::bob';

/** The contract of every `BanStore`. @publicApi */
export function banStoreContract(create: CreateSubject<BanStore>): ContractCase[] {
  return casesOf(create, {
    'returns the remaining time of a ban, and 0 for other keys': async ({
      store,
      other,
      settle,
      toleranceMs,
    }) => {
      await store.ban(ALICE, 1000);
      await settle();
      for (const node of [store, other]) {
        between(await node.remaining(ALICE), 500 - toleranceMs, 1000 + toleranceMs);
        assert.equal(await node.remaining(BOB), 0);
      }
    },

    'a ban ends': async ({ store, other, pass, settle, toleranceMs }) => {
      await store.ban(ALICE, 1000);
      await settle();
      await pass(1001 + toleranceMs);
      for (const node of [store, other]) {
        assert.equal(await node.remaining(ALICE), 0);
        assert.deepEqual(await node.list(), []);
      }
    },

    'a shorter ban does not shorten a longer one': async ({ store, other, settle, toleranceMs }) => {
      await store.ban(ALICE, 5000);
      await settle();
      await other.ban(ALICE, 1000);
      await settle();
      for (const node of [store, other]) between(await node.remaining(ALICE), 4000 - toleranceMs, 5000);
    },

    'a node knows its own bans at once': async ({ store }) => {
      await store.ban(ALICE, 60_000);
      assert.ok((await store.remaining(ALICE)) > 0);
    },

    'reports bans on any node': async ({ store, other, settle, toleranceMs }) => {
      const nodes = watched(store, other);
      await store.ban(ALICE, 5000);
      await other.ban(BOB, 1000);
      await settle();
      for (const { banned } of nodes) {
        assert.deepEqual(
          [...banned.keys()].toSorted(),
          [ALICE, BOB].toSorted(),
          'watch() did not report exactly these bans',
        );
        between(banned.get(ALICE), 4000 - toleranceMs, 5000 + toleranceMs);
        between(banned.get(BOB), 1, 1000 + toleranceMs);
      }
    },

    'lists all active bans': async ({ store, other, settle, toleranceMs }) => {
      await store.ban(ALICE, 60_000);
      await other.ban(BOB, 120_000);
      await settle();
      for (const node of [store, other]) {
        const listed = new Map((await node.list()).map(({ key, remaining }) => [key, remaining]));
        between(listed.get(ALICE), 50_000 - toleranceMs, 60_000 + toleranceMs);
        between(listed.get(BOB), 110_000 - toleranceMs, 120_000 + toleranceMs);
        assert.equal(listed.size, 2);
      }
    },

    'a ban can be lifted, without effect on others': async ({ store, other, settle }) => {
      const nodes = watched(store, other);
      await store.ban(ALICE, 60_000);
      await store.ban(BOB, 60_000);
      await settle();
      await other.lift(ALICE);
      await settle();
      for (const node of [store, other]) {
        assert.equal(await node.remaining(ALICE), 0);
        assert.ok((await node.remaining(BOB)) > 0);
        assert.deepEqual(
          (await node.list()).map(({ key }) => key),
          [BOB],
        );
      }
      for (const { lifted } of nodes) assert.deepEqual(lifted, [ALICE]);
    },

    'a key can be banned again after a lift, for a shorter time': async ({
      store,
      other,
      settle,
      toleranceMs,
    }) => {
      await store.lift(ALICE);
      await store.ban(ALICE, 60_000);
      await store.lift(ALICE);
      await settle();
      await other.ban(ALICE, 10_000);
      await settle();
      for (const node of [store, other]) between(await node.remaining(ALICE), 1, 10_000 + toleranceMs);
    },
  });
}

function between(ms: number | undefined, least: number, most: number): void {
  assert.ok(ms !== undefined && ms >= least && ms <= most, `${ms} is not between ${least} and ${most}`);
}

interface Watched {
  readonly banned: Map<string, number>;
  readonly lifted: string[];
}

function watched(...nodes: BanStore[]): Watched[] {
  return [...new Set(nodes)].map((node) => {
    const banned = new Map<string, number>();
    const lifted: string[] = [];
    node.watch(
      (key, remaining) => banned.set(key, remaining),
      (key) => lifted.push(key),
    );
    return { banned, lifted };
  });
}
