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
      await store.put('one', principal, 1000);
      await store.put('two', { ...principal, id: 'bob' }, 1000);
      expect(await store.take('one')).toEqual(principal);
      expect(await store.take('two')).toMatchObject({ id: 'bob' });
    });

    it('knows nobody else', async () => {
      await store.put('one', principal, 1000);
      for (const hash of ['two', '', '__proto__', 'on']) expect(await store.take(hash)).toBeUndefined();
    });

    it('N12 of fifty who take one at once a single one gets it', async () => {
      await store.put('one', principal, 1000);
      const taken = await Promise.all(Array.from({ length: 50 }, async () => store.take('one')));
      expect(taken.filter((found) => found !== undefined)).toHaveLength(1);
      expect(await store.take('one')).toBeUndefined();
    });

    it('forgets what was not taken in time', async () => {
      await store.put('one', principal, 1000);
      await pass(1001);
      expect(await store.take('one')).toBeUndefined();
    });
  });
}
