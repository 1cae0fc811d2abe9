import fc from 'fast-check';
import { expectEqual } from '../../test/support/expect-equal.js';
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

const problemsOf = (name: OptionName, value: unknown): string[] => problemsIn({ [name]: value });

function problemsIn(options: Record<string, unknown>): string[] {
  try {
    resolveOptions(options, {});
  } catch (error) {
    if (!(error instanceof WsConfigurationError)) throw error;
    return error.problems.map((problem) => `${problem.name}: ${problem.message}`);
  }
  return [];
}

/** Whether no option has values of this kind. */
const isOther = (value: unknown): boolean =>
  !['boolean', 'number', 'string'].includes(typeof value) && !Array.isArray(value);

const isHelpful = (problem: string): boolean =>
  /: (each entry )?(must|has) /.test(problem) &&
  !/Invalid|expected|received|undefined|\[object/.test(problem) &&
  !problem.includes(CANARY);

const NAMES = Object.keys(OPTIONS) as OptionName[];

/** What is said when every option has a value of this kind: all are read, however many are set. */
const told = KINDS.map(([kind, value]) => ({
  kind,
  value,
  problems: problemsIn(Object.fromEntries(NAMES.map((name) => [name, value]))),
}));

it.each(NAMES)('C1 %s is accepted or reported with its allowed values, for every kind of value', (name) => {
  const ofIt = told.map(({ kind, value, problems }) => {
    const own = problems.filter((one) => one.startsWith(`${OPTIONS[name].variable}: `));
    return { kind, value, own };
  });
  expect(ofIt.filter(({ own }) => !own.every(isHelpful))).toEqual([]);
  expect(ofIt.filter(({ value, own }) => isOther(value) && own.length !== 1)).toEqual([]);
});

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
  // Several options at once, because each start reads them all.
  const given = fc.dictionary(fc.constantFrom(...NAMES), fc.anything({ withBigInt: true, withDate: true }), {
    minKeys: 5,
    maxKeys: 5,
    noNullPrototype: true,
  });
  const expected = /^WS_[A-Z0-9_]+: (each entry )?(must|has|is|names|entry) [^\n]*$/;
  fc.assert(
    fc.property(given, (options) => {
      expectEqual(
        problemsIn(options).filter((problem) => !expected.test(problem)),
        [],
      );
    }),
    { numRuns: 400 },
  );
});
