import type { TicketStore } from '../../src/auth/tickets/ticket-store.js';
import { ANONYMOUS, type Principal } from '../../src/connection/principal.js';

const principal: Principal = {
  ...ANONYMOUS,
  id: 'alice',
  issuer: 'https://id.test',
  kind: 'token',
  roles: ['user'],
  claims: { sub: 'alice', iat: 1, nested: { tenant: 'acme' } },
  expiresAt: 2,
  sessionId: 's',
};

const MOST = 10;

/**
 * What every `TicketStore` has to do.
 *
 * @param pass lets milliseconds go by
 */
export function describeTicketStore(
  name: string,
  create: () => TicketStore | Promise<TicketStore>,
  pass: (ms: number) => void | Promise<void>,
): void {
  describe(`${name} as a TicketStore`, () => {
    let store: TicketStore;

    beforeEach(async () => {
      store = await create();
    });

    it('gives back who was put in, whole', async () => {
      await store.put('one', principal, 1000, MOST);
      await store.put('two', { ...principal, id: 'bob' }, 1000, MOST);
      expect(await store.take('one')).toEqual(principal);
      expect(await store.take('two')).toMatchObject({ id: 'bob' });
    });

    it('knows nobody else', async () => {
      await store.put('one', principal, 1000, MOST);
      for (const hash of ['two', '', '__proto__', 'on']) expect(await store.take(hash)).toBeUndefined();
    });

    it('N12 of fifty who take one at once a single one gets it', async () => {
      await store.put('one', principal, 1000, MOST);
      const taken = await Promise.all(Array.from({ length: 50 }, async () => store.take('one')));
      expect(taken.filter((found) => found !== undefined)).toHaveLength(1);
      expect(await store.take('one')).toBeUndefined();
    });

    it('N15 keeps so many of one principal, the latest, and takes nothing from others', async () => {
      const others = [
        { ...principal, id: 'bob' },
        { ...principal, issuer: 'https://other.test' },
        { ...principal, issuer: null },
      ];
      for (const [n, other] of others.entries()) await store.put(`other ${n}`, other, 1000, 3);
      for (let n = 0; n < 5; n++) await store.put(String(n), principal, 1000, 3);
      for (const gone of ['0', '1']) expect(await store.take(gone)).toBeUndefined();
      for (const kept of ['2', '3', '4']) expect(await store.take(kept)).toEqual(principal);
      for (const [n, other] of others.entries()) expect(await store.take(`other ${n}`)).toEqual(other);
    });

    it('N15 counts what is still there, not what was taken', async () => {
      await store.put('kept', principal, 1000, 2);
      for (let n = 0; n < 5; n++) {
        await store.put(String(n), principal, 1000, 2);
        expect(await store.take(String(n))).toEqual(principal);
      }
      expect(await store.take('kept')).toEqual(principal);
    });

    it('N15 of a hundred that come at once so many are kept', async () => {
      const hashes = Array.from({ length: 100 }, (_, n) => String(n));
      await Promise.all(hashes.map(async (hash) => store.put(hash, principal, 1000, MOST)));
      const taken = await Promise.all(hashes.map(async (hash) => store.take(hash)));
      expect(taken.filter((found) => found !== undefined)).toHaveLength(MOST);
    });

    it('forgets what was not taken in time', async () => {
      await store.put('one', principal, 1000, MOST);
      await pass(1001);
      expect(await store.take('one')).toBeUndefined();
    });
  });
}
