import type { ConnectionDirectory } from '../../src/nodes/connection-directory.js';

/** What every `ConnectionDirectory` has to do. */
export function describeConnectionDirectory(
  name: string,
  create: () => ConnectionDirectory | Promise<ConnectionDirectory>,
): void {
  describe(`${name} as a ConnectionDirectory`, () => {
    let directory: ConnectionDirectory;

    beforeEach(async () => {
      directory = await create();
    });

    const acquire = async (scope: string, limit: number, times: number): Promise<boolean[]> =>
      Promise.all(Array.from({ length: times }, async () => directory.acquire(scope, limit)));

    it('R4 never gives more places than there are, however many ask at once', async () => {
      const taken = await acquire('address:a', 20, 100);
      expect(taken.filter(Boolean)).toHaveLength(20);
    });

    it('keeps scopes apart', async () => {
      expect(await acquire('address:a', 1, 2)).toEqual([true, false]);
      expect(await acquire('address:b', 1, 1)).toEqual([true]);
    });

    it('gives a place that was given back to the next', async () => {
      await acquire('address:a', 2, 2);
      await directory.release('address:a');
      expect(await acquire('address:a', 2, 2)).toEqual([true, false]);
    });

    it('a refused attempt takes no place', async () => {
      await acquire('address:a', 1, 5);
      await directory.release('address:a');
      expect(await acquire('address:a', 1, 1)).toEqual([true]);
    });

    it('looks at the limit of the moment', async () => {
      await acquire('address:a', 3, 3);
      expect(await acquire('address:a', 2, 1)).toEqual([false]);
      expect(await acquire('address:a', 4, 2)).toEqual([true, false]);
    });
  });
}
