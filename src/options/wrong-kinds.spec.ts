import fc from 'fast-check';
import { WsConfigurationError } from '../errors/configuration.error.js';
import { OPTIONS, type OptionName } from './options.schema.js';
import { resolveOptions } from './resolve-options.js';

const CANARY = 'canary-of-a-secret';

/** Values of many kinds, as JavaScript code, a secret store or a mistake may pass them. */
const KINDS: readonly (readonly [string, unknown])[] = [
  ['null', null],
  ['a boolean', true],
  ['a whole number', 5],
  ['half a number', 0.5],
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['a negative number', -1],
  ['a bigint', 5n],
  ['a symbol', Symbol(CANARY)],
  ['a function', () => CANARY],
  ['a class', class Canary {}],
  ['an object', { secret: CANARY }],
  ['a map', new Map([[CANARY, CANARY]])],
  ['a date', new Date(0)],
  ['a Buffer', Buffer.from(CANARY.repeat(4))],
  ['bytes', new Uint8Array(64)],
  ['a promise', Promise.resolve(CANARY)],
  ['an empty text', ''],
  ['a number in words', `${CANARY} five`],
  ['a list of numbers', [1, 2]],
  ['a list with a hole', [undefined]],
  ['a list of lists', [[CANARY]]],
  ['a list of null', [null]],
  ['a text object', Object(CANARY)],
];

function problemsOf(name: OptionName, value: unknown): string[] {
  try {
    resolveOptions({ [name]: value }, {});
  } catch (error) {
    if (!(error instanceof WsConfigurationError)) throw error;
    return error.problems.map((problem) => `${problem.name}: ${problem.message}`);
  }
  return [];
}

it.each(Object.keys(OPTIONS) as OptionName[])(
  'C1 %s is accepted or reported with its allowed values, for every kind of value',
  (name) => {
    for (const [kind, value] of KINDS) {
      const own = problemsOf(name, value).filter((problem) =>
        problem.startsWith(`${OPTIONS[name].variable}: `),
      );
      for (const problem of own) {
        expect(problem).toMatch(/: (each entry )?(must|has) /);
        expect(problem).not.toMatch(/Invalid|expected|received|undefined|\[object/);
        expect(problem).not.toContain(CANARY);
      }
      // A value of a kind that no option has must be refused.
      const isOther = !['boolean', 'number', 'string'].includes(typeof value) && !Array.isArray(value);
      if (isOther) expect([kind, own.length]).toEqual([kind, 1]);
    }
  },
);

it('C1 the message names the kind of value where the kind is wrong', () => {
  expect(problemsOf('jwtSecret', Buffer.alloc(64))).toEqual([
    "WS_JWT_SECRET: must be a string, not a Buffer (take its toString('base64'), or read the file as text)",
  ]);
  expect(problemsOf('jwtSecret', Promise.resolve('x'))).toEqual([
    'WS_JWT_SECRET: must be a string, not a promise (await it)',
  ]);
  expect(problemsOf('allowedOrigins', { origin: '*' })).toEqual([
    'WS_ALLOWED_ORIGINS: must be a list of strings, or a string with commas between them, not an object',
  ]);
  expect(problemsOf('allowedOrigins', [5])).toEqual([
    'WS_ALLOWED_ORIGINS: must be a list of strings, or a string with commas between them',
  ]);
  expect(problemsOf('tlsCertFile', 5)).toEqual([
    'WS_TLS_CERT_FILE: must name a file that can be read, not a number',
    'WS_TLS_KEY_FILE: is required if WS_TLS_CERT_FILE is set',
  ]);
});

it('C1 C3 no value causes another error or is quoted in a message', () => {
  const names = Object.keys(OPTIONS) as OptionName[];
  fc.assert(
    fc.property(
      fc.constantFrom(...names),
      fc.anything({ withBigInt: true, withDate: true }),
      (name, value) => {
        for (const problem of problemsOf(name, value))
          expect(problem).toMatch(/^WS_[A-Z0-9_]+: (each entry )?(must|has|is|names|entry) [^\n]*$/);
      },
    ),
    { numRuns: 2000 },
  );
});
