import type { RevocationStore } from '../../src/auth/revocation-store.js';

/**
 * What every `RevocationStore` has to do.
 *
 * @param forget gives the last store that was created an occasion to forget, within a minute of its time
 */
export function describeRevocationStore(
  name: string,
  create: () => RevocationStore | Promise<RevocationStore>,
  forget: () => void | Promise<void> = () => undefined,
): void {
  describe(`${name} as a RevocationStore`, () => {
    let store: RevocationStore;

    beforeEach(async () => {
      store = await create();
    });

    it('knows nothing of what was not revoked', async () => {
      await store.revoke('user:alice', 1000);
      expect(await store.revokedBefore(['user:bob', 'session:1'])).toBeUndefined();
      expect(await store.revokedBefore([])).toBeUndefined();
    });

    it('S2 tells the latest moment under any of the keys', async () => {
      await store.revoke('user:alice', 1000);
      await store.revoke('session:1', 2000);
      expect(await store.revokedBefore(['user:alice', 'session:1', 'session:2'])).toBe(2000);
      expect(await store.revokedBefore(['user:alice'])).toBe(1000);
    });

    it('S2 never takes a revocation back', async () => {
      await store.revoke('user:alice', 2000);
      await store.revoke('user:alice', 1000);
      expect(await store.revokedBefore(['user:alice'])).toBe(2000);
      await store.revoke('user:alice', Infinity);
      expect(await store.revokedBefore(['user:alice'])).toBe(Infinity);
    });

    describe('remembers', () => {
      const past = (): number => Date.now() - 60_000;
      const future = (): number => Date.now() + 3_600_000;

      it('S2 until the moment it may forget', async () => {
        await store.revoke('token:1', Infinity, future());
        await forget();
        await store.revoke('token:2', Infinity, past());
        expect(await store.revokedBefore(['token:1'])).toBe(Infinity);
      });

      it.each<[string, (number | undefined)[]]>([
        ['a later moment holds', [past(), future()]],
        ['an earlier moment does not shorten it', [future(), past()]],
        ['none is for good', [past(), undefined]],
        ['for good stays for good', [undefined, past()]],
      ])('S2 the longer of two: %s', async (_name, moments) => {
        for (const forgetAt of moments) await store.revoke('token:1', 1000, forgetAt);
        await forget();
        await store.revoke('token:2', 1000);
        expect(await store.revokedBefore(['token:1'])).toBe(1000);
      });
    });
  });
}
