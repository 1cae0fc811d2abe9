import fc from 'fast-check';

const NAMES = [
  'a',
  'b',
  ':',
  'a:',
  'data',
  'id',
  'event',
  '__proto__',
  'constructor',
  'prototype',
  '"',
  '\\',
  '',
  '\ud83d',
];
const TEXTS = [
  ...NAMES,
  '":',
  'é',
  '😀',
  '\ud83d',
  '\ude00',
  '\\u0041',
  'http://x',
  ' : ',
  '\u0000',
  '{"a":1}',
];
const NUMBERS = [
  '0',
  '7',
  '-1',
  '10',
  '1e2',
  '1e308',
  '1e309',
  '-1e400',
  '0.5',
  '12.25',
  '9007199254740993',
  '-0',
];

const blank = fc.constantFrom('', '', '', '', ' ', '\n\t');
/** The same text as it is, or partly written in escapes. */
const literal = (of: string[]): fc.Arbitrary<string> =>
  fc
    .tuple(fc.constantFrom(...of), fc.constantFrom(0, 0, 0, 1, 2))
    .map(([text, every]) =>
      every === 0
        ? toWellFormedLiteral(text)
        : `"${Array.from(text, (char, at) => (at % every === 0 ? escaped(char) : plain(char))).join('')}"`,
    );
const escaped = (char: string): string =>
  char
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
// Characters that JSON.stringify() escapes cannot be written without an escape.
const plain = (char: string): string => JSON.stringify(char).slice(1, -1);
const toWellFormedLiteral = (text: string): string => JSON.stringify(text);

/** Text of random JSON values, with odd spellings. */
export const { value: randomValue } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    literal(TEXTS),
    fc.constantFrom(...NUMBERS, 'true', 'false', 'null'),
    fc.array(tie('value'), { maxLength: 5 }).map((items) => `[${items.join(',')}]`),
    tie('object'),
  ),
  object: fc
    .array(fc.tuple(blank, literal(NAMES), blank, tie('value'), blank), { maxLength: 4 })
    .map(
      (members) =>
        `{${members.map((parts) => `${parts[0]}${parts[1]}${parts[2]}:${parts[3] as string}${parts[4]}`).join(',')}}`,
    ),
}));

/** Text of random frames, valid or not. */
export const randomEnvelope = fc
  .tuple(
    fc.constantFrom(
      '"event":"e"',
      '"event":"e"',
      '"event" : "e"',
      '"\\u0065vent":"e"',
      '"event":1',
      '"event":""',
    ),
    fc.option(fc.tuple(fc.constantFrom('"data":', '"data" :', '"dat\\u0061":'), randomValue)),
    fc.option(
      fc.constantFrom('"id":1', '"id":"a:b"', '"id":1e400', '"id":9007199254740993', '"id":1.5', '"id":null'),
    ),
    fc.option(fc.constantFrom('"id":2', '"event":"f"', '"x":1', '"":0', '"data":0'), { freq: 6 }),
  )
  .map(
    ([event, data, id, more]) =>
      `{${[event, data?.join(''), id, more].filter((part) => part !== undefined && part !== null).join(',')}}`,
  );
