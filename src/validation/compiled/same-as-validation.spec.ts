import 'reflect-metadata';
import fc from 'fast-check';
import { verdictOf } from '../../../test/support/both-paths.js';
import { copyOf, randomDto } from '../../../test/support/random-dtos.js';

describe('compiled rules', () => {
  it('accept nothing that class-validator would not, and make the same of it', async () => {
    const verdicts = { accepted: 0, refused: 0, 'left to class-validator': 0 };
    await fc.assert(
      fc.asyncProperty(randomDto, async ({ type, bodies }) => {
        for (const body of bodies) verdicts[await verdictOf(type, () => copyOf(body))] += 1;
      }),
      { numRuns: 250 },
    );
    // Left are objects where nothing says what they are, and initial values that are not of JSON.
    expect(verdicts.accepted).toBeGreaterThan(500);
    expect(verdicts.refused).toBeGreaterThan(500);
    expect(verdicts['left to class-validator']).toBeLessThan(verdicts.accepted / 20);
  });
});
