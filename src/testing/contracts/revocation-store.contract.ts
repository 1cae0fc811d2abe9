import assert from 'node:assert/strict';
import type { RevocationStore } from '../../auth/revocation-store.js';
import { type Bench, casesOf, type ContractCase, type CreateSubject } from './contract-case.js';

const HOUR_MS = 3_600_000;
/** The time that a store may take to delete expired entries. */
const FORGETTING_MS = 1000;

type Check = (bench: Bench<RevocationStore>) => Promise<void>;

/** The contract of every `RevocationStore`. Its clock starts at the current time. @publicApi */
export function revocationStoreContract(create: CreateSubject<RevocationStore>): ContractCase[] {
  return casesOf(create, { ...MOMENTS, ...MEMORY, ...CHANGES });
}

const MOMENTS: Record<string, Check> = {
  'returns undefined for keys that are not revoked': async ({ store, other, settle }) => {
    await store.revoke('user:alice', 1000);
    await settle();
    for (const node of [store, other]) {
      assert.equal(await node.revokedBefore(['user:bob', 'session:1']), undefined);
      assert.equal(await node.revokedBefore([]), undefined);
    }
  },

  'S2 returns the latest time of all keys': async ({ store, other, settle }) => {
    await store.revoke('user:alice', 1000);
    await other.revoke('session:1', 2000);
    await settle();
    for (const node of [store, other]) {
      assert.equal(await node.revokedBefore(['user:alice', 'session:1', 'session:2']), 2000);
      assert.equal(await node.revokedBefore(['user:alice']), 1000);
    }
  },

  'S2 an earlier time does not replace a later one': async ({ store, other, settle }) => {
    await store.revoke('user:alice', 2000);
    await settle();
    await other.revoke('user:alice', 1000);
    await settle();
    assert.equal(await store.revokedBefore(['user:alice']), 2000);
    await other.revoke('user:alice', Infinity);
    await settle();
    assert.equal(await store.revokedBefore(['user:alice']), Infinity);
  },

  'S2 a node knows its own revocations at once': async ({ store }) => {
    await store.revoke('token:1', Infinity);
    assert.equal(await store.revokedBefore(['token:1']), Infinity);
  },
};

const past = (): number => Date.now() - HOUR_MS;
const future = (): number => Date.now() + HOUR_MS;

const MEMORY: Record<string, Check> = {
  'S2 keeps a revocation for its retention time': async ({ store, pass, settle }) => {
    await store.revoke('token:1', Infinity, future());
    await pass(FORGETTING_MS);
    await store.revoke('token:2', Infinity, past());
    await settle();
    assert.equal(await store.revokedBefore(['token:1']), Infinity);
  },

  'S2 keeps the longer retention: a later end applies': remembers(past, future),
  'S2 keeps the longer retention: an earlier end does not apply': remembers(future, past),
  'S2 keeps the longer retention: without an end it is unlimited': remembers(past, undefined),
  'S2 keeps the longer retention: unlimited stays unlimited': remembers(undefined, past),
};

const CHANGES: Record<string, Check> = {
  'S2 reports revocations on any node': async ({ store, other, settle }) => {
    const nodes = watched(store, other);
    await store.revoke('user:alice', 1000, future());
    await other.revoke('token:1', Infinity);
    await settle();
    for (const { revoked } of nodes) {
      assert.equal(revoked.get('user:alice'), 1000);
      assert.equal(revoked.get('token:1'), Infinity);
      assert.equal(revoked.size, 2);
    }
  },

  'S2 reports the time that applies': async ({ store, other, settle }) => {
    const nodes = watched(store, other);
    await store.revoke('user:alice', 2000);
    await settle();
    await other.revoke('user:alice', 1000);
    await settle();
    for (const { revoked } of nodes) assert.equal(revoked.get('user:alice'), 2000);
  },

  'lists all revocations': async ({ store, other, settle }) => {
    const forgetAt = future();
    await store.revoke('user:alice', 1000, forgetAt);
    await other.revoke('token:1', Infinity);
    await settle();
    for (const node of [store, other]) {
      const listed = (await node.list()).toSorted((a, b) => a.key.localeCompare(b.key));
      assert.deepEqual(listed, [
        { key: 'token:1', before: Infinity, forgetAt: Infinity },
        { key: 'user:alice', before: 1000, forgetAt },
      ]);
    }
  },

  'a revocation can be lifted, without effect on others': async ({ store, other, settle }) => {
    const nodes = watched(store, other);
    await store.revoke('user:alice', 1000);
    await store.revoke('user:bob', 1000);
    await settle();
    await other.lift('user:alice');
    await settle();
    for (const node of [store, other]) {
      assert.equal(await node.revokedBefore(['user:alice']), undefined);
      assert.equal(await node.revokedBefore(['user:bob']), 1000);
      assert.deepEqual(
        (await node.list()).map(({ key }) => key),
        ['user:bob'],
      );
    }
    for (const { lifted } of nodes) assert.deepEqual(lifted, ['user:alice']);
  },

  'a key can be revoked again after a lift': async ({ store, other, settle }) => {
    await store.lift('user:alice');
    await store.revoke('user:alice', 2000);
    await store.lift('user:alice');
    await settle();
    await other.revoke('user:alice', 1000);
    await settle();
    for (const node of [store, other]) assert.equal(await node.revokedBefore(['user:alice']), 1000);
  },
};

type Moment = (() => number) | undefined;

/** @param moments the ends of the retention, one per revocation */
function remembers(...moments: Moment[]): Check {
  return async ({ store, other, pass, settle }) => {
    for (const forgetAt of moments) await store.revoke('token:1', 1000, forgetAt?.());
    await pass(FORGETTING_MS);
    await store.revoke('token:2', 1000);
    await settle();
    for (const node of [store, other]) assert.equal(await node.revokedBefore(['token:1']), 1000);
  };
}

interface Watched {
  readonly revoked: Map<string, number>;
  readonly lifted: string[];
}

function watched(...nodes: RevocationStore[]): Watched[] {
  return [...new Set(nodes)].map((node) => {
    const revoked = new Map<string, number>();
    const lifted: string[] = [];
    node.watch(
      (key, before) => revoked.set(key, before),
      (key) => lifted.push(key),
    );
    return { revoked, lifted };
  });
}
