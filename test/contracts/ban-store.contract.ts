import type { BanStore } from '../../src/throttling/bans/ban-store.js';

/**
 * What every `BanStore` has to do.
 *
 * @param pass lets milliseconds go by
 */
export function describeBanStore(
  name: string,
  create: () => BanStore | Promise<BanStore>,
  pass: (ms: number) => void | Promise<void>,
): void {
  describe(`${name} as a BanStore`, () => {
    let store: BanStore;

    beforeEach(async () => {
      store = await create();
    });

    it('knows how long a key is banned, and no other', async () => {
      await store.ban('principal:0::alice', 1000);
      expect(await store.remaining('principal:0::alice')).toBeGreaterThan(500);
      expect(await store.remaining('principal:0::alice')).toBeLessThanOrEqual(1000);
      expect(await store.remaining('principal:0::bob')).toBe(0);
    });

    it('a ban ends', async () => {
      await store.ban('key', 1000);
      await pass(1001);
      expect(await store.remaining('key')).toBe(0);
    });

    it('a shorter ban takes nothing from a longer one', async () => {
      await store.ban('key', 5000);
      await store.ban('key', 1000);
      expect(await store.remaining('key')).toBeGreaterThan(4000);
    });
  });
}
