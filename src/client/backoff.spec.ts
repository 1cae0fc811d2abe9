import { backoffDelay } from './backoff.js';

const range = { baseMs: 500, maxMs: 20_000 };
const never = (): number => 0;
const almostOne = (): number => 1 - Number.EPSILON;

describe('backoffDelay', () => {
  it('is never shorter than the base delay', () => {
    for (let failures = 0; failures < 100; failures++) {
      expect(backoffDelay(failures, range, never)).toBe(500);
    }
  });

  it('spreads the first retry too', () => {
    expect(backoffDelay(0, range, () => 0.5)).toBe(750);
  });

  it('doubles the spread with each failure', () => {
    const longest = [0, 1, 2, 3].map((failures) => Math.round(backoffDelay(failures, range, almostOne)));
    expect(longest).toEqual([1000, 1500, 2500, 4500]);
  });

  it('is never longer than the maximum, after any number of failures', () => {
    for (const failures of [6, 7, 50, 2000]) {
      expect(backoffDelay(failures, range, almostOne)).toBeCloseTo(20_000, 6);
      expect(backoffDelay(failures, range, almostOne)).toBeLessThanOrEqual(20_000);
    }
  });

  it('is the maximum when the base is above it', () => {
    expect(backoffDelay(0, { baseMs: 500, maxMs: 100 }, never)).toBe(100);
  });
});
