import { isDeepStrictEqual } from 'node:util';

/** `expect(actual).toEqual(expected)` for thousands of comparisons: Jest is called only where they differ. */
export function expectEqual(actual: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(actual, expected)) expect(actual).toEqual(expected);
}
