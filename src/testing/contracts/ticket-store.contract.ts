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

/** What every `TicketStore` has to do. @publicApi */
export function ticketStoreContract(create: CreateSubject<TicketStore>): ContractCase[] {
  return casesOf(create, {
    'gives back whom a ticket was put in for, whole, on any node': async ({ store, other, settle }) => {
      await store.put('one', ALICE, TTL_MS, MOST);
      for (const [n, principal] of OTHERS.entries()) await store.put(String(n), principal, TTL_MS, MOST);
      await settle();
      assert.deepEqual(await other.take('one'), ALICE);
      for (const [n, principal] of OTHERS.entries()) assert.deepEqual(await other.take(String(n)), principal);
    },

    'knows no other ticket': async ({ store, other, settle }) => {
      await store.put('one', ALICE, TTL_MS, MOST);
      await settle();
      for (const hash of ['two', '', '__proto__', 'on']) {
        assert.equal(await store.take(hash), undefined);
        assert.equal(await other.take(hash), undefined);
      }
    },

    'N12 of fifty that take one at once a single one gets it': async ({ store, other, settle }) => {
      await store.put('one', ALICE, TTL_MS, MOST);
      await settle();
      const taken = await Promise.all(times(50, async (n) => (n % 2 === 0 ? store : other).take('one')));
      assert.equal(taken.filter((found) => found !== undefined).length, 1);
      await settle();
      assert.equal(await store.take('one'), undefined);
      assert.equal(await other.take('one'), undefined);
    },

    'N15 keeps so many of one principal, the latest, and takes nothing from others': async (bench) => {
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

    'N15 counts what is still there, not what was taken': async ({ store, other, settle }) => {
      await store.put('kept', ALICE, TTL_MS, 2);
      for (let n = 0; n < 5; n++) {
        await store.put(String(n), ALICE, TTL_MS, 2);
        await settle();
        assert.deepEqual(await other.take(String(n)), ALICE);
        await settle();
      }
      assert.deepEqual(await store.take('kept'), ALICE);
    },

    'N15 of a hundred that come at once so many are kept': async ({ store, other, settle }) => {
      await Promise.all(
        times(100, async (n) => (n % 2 === 0 ? store : other).put(String(n), ALICE, TTL_MS, MOST)),
      );
      await settle();
      const taken = await Promise.all(times(100, async (n) => store.take(String(n))));
      assert.equal(taken.filter((found) => found !== undefined).length, MOST);
    },

    'forgets what was not taken in time': async ({ store, other, pass, toleranceMs }) => {
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
