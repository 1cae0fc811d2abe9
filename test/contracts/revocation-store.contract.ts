import type { RevocationStore } from '../../src/auth/revocation-store.js';

/** What every `RevocationStore` has to do. */
export function describeRevocationStore(
  name: string,
  create: () => RevocationStore | Promise<RevocationStore>,
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
  });
}
