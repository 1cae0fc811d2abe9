import 'reflect-metadata';
import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { verdictOf } from '../../../test/support/both-paths.js';
import { copyOf, randomDto } from '../../../test/support/random-dtos.js';

describe('compiled rules', () => {
  it('accept only bodies that class-validator accepts, with the same result', async () => {
    const seed = randomInt(2 ** 31);
    const verdicts = { accepted: 0, refused: 0, 'left to class-validator': 0 };
    await fc.assert(
      fc.asyncProperty(randomDto, async ({ type, bodies }) => {
        for (const body of bodies) verdicts[await verdictOf(type, () => copyOf(body))] += 1;
      }),
      { numRuns: 250, seed },
    );
    const { accepted, refused, 'left to class-validator': left } = verdicts;
    // The rest are objects without a declared class, and initial values that JSON cannot represent.
    const isTelling = accepted > 500 && refused > 500 && left < accepted / 10;
    expect({ isTelling, seed, ...verdicts }).toEqual({ isTelling: true, seed, ...verdicts });
    // class-validator is slow, and this allows for a machine that is ten times slower.
  }, 120_000);
});
