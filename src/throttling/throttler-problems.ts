import { MAX_LIMIT } from '../options/options.schema.js';

/** The settings of a throttler, from the options or a decorator. They may have any value. */
export interface ThrottlerSetting {
  readonly name: string;
  readonly skip?: unknown;
  readonly limit?: unknown;
  readonly ttl?: unknown;
  readonly blockDuration?: unknown;
  readonly skipIf?: unknown;
  readonly getTracker?: unknown;
  readonly generateKey?: unknown;
}

const FUNCTIONS = ['skipIf', 'getTracker', 'generateKey'] as const;

/** Finds invalid settings. Functions are not called here. */
export function throttlerProblems(setting: ThrottlerSetting): string[] {
  const { name, skip, limit, ttl, blockDuration } = setting;
  const problem = (isFine: boolean, what: string): string[] =>
    isFine ? [] : [`${what} of throttler "${name}"`];
  return [
    ...problem(
      isGivenBy(limit, (value) => value === Infinity || isWhole(value, 0, MAX_LIMIT)),
      `must have a whole number up to ${MAX_LIMIT}, or Infinity, as the limit`,
    ),
    ...problem(
      isGivenBy(ttl, (value) => isWhole(value, 1)),
      'must have a whole number of milliseconds, at least 1, as the ttl',
    ),
    ...problem(
      isGivenBy(blockDuration, (value) => isWhole(value, 0)),
      'must have a whole number of milliseconds as the blockDuration',
    ),
    ...problem(skip === undefined || typeof skip === 'boolean', 'must have true or false as skip'),
    ...FUNCTIONS.flatMap((step) =>
      problem(
        setting[step] === undefined || typeof setting[step] === 'function',
        `must have a function as ${step}`,
      ),
    ),
  ];
}

function isGivenBy(value: unknown, test: (value: unknown) => boolean): boolean {
  return value === undefined || typeof value === 'function' || test(value);
}

function isWhole(value: unknown, min: number, max = Infinity): boolean {
  return Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max;
}
