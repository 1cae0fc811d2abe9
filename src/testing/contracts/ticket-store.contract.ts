import assert from 'node:assert/strict';
import type { TicketStore } from '../../auth/tickets/ticket-store.js';
import type { Principal } from '../../connection/principal.js';
import { casesOf, type ContractCase, type CreateSubject } from './contract-case.js';

const ALICE: Principal = {
  id: 'alice',
  issuer: 'https://id.test',
  kind: 'token',
  roles: ['user'],
  scopes: [],
  claims: { sub: 'alice', iat: 1, nested: { tenant: 'acme', groups: [1, null, 'é'] } },
  expiresAt: 2,
  sessionId: 's',
};
const OTHERS: readonly Principal[] = [
  { ...ALICE, id: 'bob' },
  { ...ALICE, issuer: 'https://other.test' },
  { ...ALICE, issuer: null, sessionId: null, expiresAt: null },
];

const TTL_MS = 60_000;
const MOST = 10;

/** The contract of every `TicketStore`. @publicApi */
export function ticketStoreContract(create: CreateSubject<TicketStore>): ContractCase[] {
  return casesOf(create, {
    'returns the principal of a ticket, unchanged, on any node': async ({ store, other, settle }) => {
      await store.put('one', ALICE, TTL_MS, MOST);
      for (const [n, principal] of OTHERS.entries()) await store.put(String(n), principal, TTL_MS, MOST);
      await settle();
      assert.deepEqual(await other.take('one'), ALICE);
      for (const [n, principal] of OTHERS.entries()) assert.deepEqual(await other.take(String(n)), principal);
    },

    'returns undefined for unknown tickets': async ({ store, other, settle }) => {
      await store.put('one', ALICE, TTL_MS, MOST);
      await settle();
      for (const hash of ['two', '', '__proto__', 'on']) {
        assert.equal(await store.take(hash), undefined);
        assert.equal(await other.take(hash), undefined);
      }
    },

    'N12 only one of 50 concurrent calls gets a ticket': async ({ store, other, settle }) => {
      await store.put('one', ALICE, TTL_MS, MOST);
      await settle();
      const taken = await Promise.all(times(50, async (n) => (n % 2 === 0 ? store : other).take('one')));
      assert.equal(taken.filter(Boolean).length, 1);
      await settle();
      assert.ok(!(await store.take('one')));
      assert.ok(!(await other.take('one')));
    },

    'N15 keeps the latest tickets of a principal, without effect on others': async (bench) => {
      const { store, other, settle } = bench;
      for (const [n, principal] of OTHERS.entries()) await store.put(`other ${n}`, principal, TTL_MS, 3);
      for (let n = 0; n < 5; n++) {
        await (n % 2 === 0 ? store : other).put(String(n), ALICE, TTL_MS, 3);
        await settle();
      }
      for (const gone of ['0', '1']) assert.equal(await store.take(gone), undefined);
      for (const kept of ['2', '3', '4']) assert.deepEqual(await store.take(kept), ALICE);
      for (const [n, principal] of OTHERS.entries())
        assert.deepEqual(await other.take(`other ${n}`), principal);
    },

    'N15 does not count tickets that were taken': async ({ store, other, settle }) => {
      await store.put('kept', ALICE, TTL_MS, 2);
      for (let n = 0; n < 5; n++) {
        await store.put(String(n), ALICE, TTL_MS, 2);
        await settle();
        assert.deepEqual(await other.take(String(n)), ALICE);
        await settle();
      }
      assert.deepEqual(await store.take('kept'), ALICE);
    },

    'N15 keeps the limit with 100 concurrent tickets': async ({ store, other, settle }) => {
      await Promise.all(
        times(100, async (n) => (n % 2 === 0 ? store : other).put(String(n), ALICE, TTL_MS, MOST)),
      );
      await settle();
      const taken = await Promise.all(times(100, async (n) => store.take(String(n))));
      assert.equal(taken.filter((found) => found !== undefined).length, MOST);
    },

    'deletes tickets that were not taken in time': async ({ store, other, pass, toleranceMs }) => {
      await store.put('one', ALICE, 1000, MOST);
      await store.put('two', ALICE, 1000, MOST);
      await pass(1001 + toleranceMs);
      assert.equal(await store.take('one'), undefined);
      assert.equal(await other.take('two'), undefined);
    },
  });
}

function times<T>(count: number, make: (n: number) => Promise<T>): Promise<T>[] {
  return Array.from({ length: count }, (_, n) => make(n));
}
