import assert from 'node:assert/strict';
import type { ClusterSignal, ClusterSignals, KickSignal, RightsSignal } from '../../nodes/cluster-signals.js';
import { casesOf, type ContractCase, type CreateSubject } from './contract-case.js';

const KICK: KickSignal = { type: 'kick', id: 'alice', issuer: 'https://id.test', reason: 'bye – é' };
const RIGHTS: RightsSignal = { type: 'rights', id: 'bob', issuer: null, roles: ['user'], scopes: [] };

/**
 * The contract of every `ClusterSignals`. Each case subscribes on the first and the last node. A subject has one or
 * two nodes.
 *
 * @publicApi
 */
export function clusterSignalsContract(create: CreateSubject<ClusterSignals>): ContractCase[] {
  return casesOf(create, {
    'S2 a signal reaches every node once, whichever node sends it': async ({ store, other }) => {
      const nodes = listening(store, other);
      await store.send(KICK);
      await other.send(RIGHTS);
      for (const { heard } of nodes) assert.deepEqual(heard, [KICK, RIGHTS]);
    },

    'S2 the sender receives the number of connections on all nodes': async ({ store, other }) => {
      const nodes = listening(store, other);
      const reached = nodes.reduce((sum, { reaches }) => sum + reaches, 0);
      assert.equal(await store.send(KICK), reached);
      assert.equal(await other.send(RIGHTS), reached);
    },

    'arrives unchanged, with and without optional properties': async ({ store, other }) => {
      const nodes = listening(store, other);
      const signals: ClusterSignal[] = [
        { type: 'kick', id: '' },
        { type: 'kick', id: '__proto__', issuer: null },
        { type: 'rights', id: 'a:b', issuer: 'c', roles: [], scopes: ['d e', '\u2028'] },
      ];
      for (const signal of signals) await store.send(signal);
      for (const { heard } of nodes) assert.deepEqual(heard, signals);
    },

    'S2 applies to connections that were accepted before it was sent': async ({
      store,
      other,
      toleranceMs,
    }) => {
      const nodes = listening(store, other);
      const sentAt = Date.now();
      await store.send(KICK);
      const answeredAt = Date.now();
      for (const { moments } of nodes) {
        const [before = Number.NaN] = moments;
        assert.ok(before >= sentAt - toleranceMs, `${before} is before ${sentAt}`);
        assert.ok(before <= answeredAt + toleranceMs || before === Infinity);
      }
    },

    'concurrent signals have separate results': async ({ store, other }) => {
      for (const node of new Set([store, other])) node.onSignal(({ id }) => Number(id));
      const nodes = store === other ? 1 : 2;
      const numbers = Array.from({ length: 20 }, (_, n) => n);
      const answers = await Promise.all(
        numbers.map((n) => (n % 2 === 0 ? store : other).send({ type: 'kick', id: String(n) })),
      );
      assert.deepEqual(
        answers,
        numbers.map((n) => n * nodes),
      );
    },
  });
}

interface Listening {
  readonly heard: ClusterSignal[];
  readonly moments: number[];
  /** The number of connections that each signal applies to on this node. */
  readonly reaches: number;
}

function listening(...stores: ClusterSignals[]): Listening[] {
  return [...new Set(stores)].map((signals, n) => {
    const node: Listening = { heard: [], moments: [], reaches: n + 2 };
    signals.onSignal((signal, before) => {
      node.heard.push(signal);
      node.moments.push(before);
      return node.reaches;
    });
    return node;
  });
}
