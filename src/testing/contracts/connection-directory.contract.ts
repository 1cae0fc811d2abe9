import assert from 'node:assert/strict';
import type { ConnectionDirectory } from '../../nodes/connection-directory.js';
import { casesOf, type ContractCase, type CreateSubject } from './contract-case.js';

/** The contract of every `ConnectionDirectory`. @publicApi */
export function connectionDirectoryContract(create: CreateSubject<ConnectionDirectory>): ContractCase[] {
  return casesOf(create, {
    'R4 never exceeds the limit under concurrent calls': async ({ store, other }) => {
      const taken = await Promise.all([...acquire(store, 'a', 20, 50), ...acquire(other, 'a', 20, 50)]);
      assert.equal(taken.filter(Boolean).length, 20);
    },

    'counts scopes separately': async ({ store, other }) => {
      assert.deepEqual(await all(acquire(store, 'a', 1, 2)), [true, false]);
      assert.deepEqual(await all(acquire(other, 'b', 1, 1)), [true]);
    },

    'a released place can be taken again': async ({ store, other, settle }) => {
      await all(acquire(store, 'a', 2, 2));
      await store.release('a');
      await settle();
      assert.deepEqual(await all(acquire(other, 'a', 2, 2)), [true, false]);
    },

    'a refused attempt takes no place': async ({ store, settle }) => {
      await all(acquire(store, 'a', 1, 5));
      await store.release('a');
      await settle();
      assert.deepEqual(await all(acquire(store, 'a', 1, 1)), [true]);
    },

    'follows a limit that changes': async ({ store, other }) => {
      await all(acquire(store, 'a', 3, 3));
      assert.deepEqual(await all(acquire(other, 'a', 2, 1)), [false]);
      assert.deepEqual(await all(acquire(store, 'a', 4, 2)), [true, false]);
    },

    'counts the places taken in a scope, on all nodes': async ({ store, other, settle }) => {
      assert.equal(await store.count('a'), 0);
      await all([...acquire(store, 'a', 5, 2), ...acquire(other, 'a', 5, 1), ...acquire(other, 'b', 5, 1)]);
      await settle();
      assert.equal(await store.count('a'), 3);
      assert.equal(await other.count('a'), 3);
      await store.release('a');
      await settle();
      assert.equal(await other.count('a'), 2);
      assert.equal(await store.count('c'), 0);
    },
  });
}

function acquire(
  store: ConnectionDirectory,
  scope: string,
  limit: number,
  times: number,
): Promise<boolean>[] {
  return Array.from({ length: times }, async () => store.acquire(scope, limit));
}

function all<T>(answers: Promise<T>[]): Promise<T[]> {
  return Promise.all(answers);
}
