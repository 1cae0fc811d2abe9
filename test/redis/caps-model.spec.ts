import fc from 'fast-check';
import { runPlaces } from './model/place-runs.js';

describe('Places over all nodes, in virtual time', () => {
  it.each([
    [false, 'calls are lost and late, and nodes die'],
    [true, 'Redis loses its memory as well'],
  ])(
    'R4 are never more than there are, and all can be taken again afterwards (%s: %s)',
    async (losesMemory) => {
      await fc.assert(
        fc.asyncProperty(fc.integer(), async (seed) => {
          const { most, filled } = await runPlaces(seed, 60_000, losesMemory);
          expect(most).toBeLessThanOrEqual(1);
          expect(filled).toBe(1);
        }),
        { numRuns: 10 },
      );
    },
  );
});
