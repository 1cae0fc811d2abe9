import 'reflect-metadata';
import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { compareValidation } from '../../../test/support/compare-validation.js';
import { copyOf, forgetRandomClasses, randomDto } from '../../../test/support/random-dtos.js';

describe('compiled rules', () => {
  it('accept nothing that class-validator refuses, and produce the same objects', async () => {
    const seed = randomInt(2 ** 31);
    const verdicts = { accepted: 0, refused: 0, 'left to class-validator': 0 };
    await fc.assert(
      fc
        .asyncProperty(randomDto, async ({ type, bodies }) => {
          for (const body of bodies) verdicts[await compareValidation(type, () => copyOf(body))] += 1;
        })
        .afterEach(forgetRandomClasses),
      { numRuns: 250, seed },
    );
    const { accepted, refused, 'left to class-validator': left } = verdicts;
    // Objects without a declared type and initial values that are not JSON are left to class-validator.
    const isTelling = accepted > 500 && refused > 500 && left < accepted / 10;
    expect({ isTelling, seed, ...verdicts }).toEqual({ isTelling: true, seed, ...verdicts });
    // Allows for a machine that is ten times slower.
  }, 120_000);
});
