import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { isJson } from './is-json.js';

function isParsed(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const VALID = [
  '{}',
  '[]',
  '[[],{}]',
  ' \t\r\n{ "a" : [ 1 , "b" , { } ] , "c" : null }\n',
  '{"a":1,"a":2}',
  '{"":""}',
  'true',
  'false',
  'null',
  '0',
  '-0',
  '-0.10e-2',
  '12E+3',
  '1e999',
  '"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD800"',
  '"\ud800\u2028\u007f"',
];

const INVALID = [
  '',
  ' ',
  '{',
  '}',
  '[',
  ']',
  '{]',
  '[}',
  '{}}',
  '[1]]',
  '{} {}',
  '1 2',
  '[1,]',
  '[,1]',
  '[1 2]',
  '[1:2]',
  '{,}',
  '{"a"}',
  '{"a":}',
  '{"a":1,}',
  '{"a":1 "b":2}',
  '{"a" 1}',
  '{"a"::1}',
  '{a:1}',
  '{1:1}',
  "{'a':1}",
  '{"a":1]',
  '[{"a":1}',
  'tru',
  'nulll',
  'True',
  'NaN',
  'Infinity',
  'undefined',
  '01',
  '-',
  '+1',
  '.1',
  '1.',
  '1.e1',
  '1e',
  '1e+',
  '0x1',
  '--1',
  '"',
  '"a',
  '"\\',
  '"\\"',
  '"\\x41"',
  '"\\u12"',
  '"\\u12g4"',
  '"\\u 123"',
  '"\n"',
  '"\u0000"',
  '"\u001f"',
  '\ufeff{}',
  '\u00a0{}',
  '\f{}',
  '//\n{}',
  '{}\u0000',
];

describe('isJson', () => {
  it.each(VALID)('accepts %j', (text) => {
    expect(isParsed(text)).toBe(true);
    expect(isJson(text)).toBe(true);
  });

  it.each(INVALID)('refuses %j', (text) => {
    expect(isParsed(text)).toBe(false);
    expect(isJson(text)).toBe(false);
  });

  it('I4 accepts what JSON.parse() accepts', () => {
    const marks = '{ } [ ] : , " \\ \t - + . 0 1 2 3 e E u t r f a l s n /'.split(' ');
    const piece = fc.constantFrom(...marks, ' ', '"a"', '"\\u00e9"', '":', 'null', '1.5');
    const changed = fc
      .tuple(fc.json(), fc.nat(), fc.nat(3), fc.array(piece, { maxLength: 2 }))
      .map(([text, at, length, pieces]) => {
        const start = at % (text.length + 1);
        return text.slice(0, start) + pieces.join('') + text.slice(start + length);
      });
    const anything = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
    const seed = randomInt(2 ** 31);
    let accepted = 0;
    let refused = 0;
    const wrong: string[] = [];
    fc.assert(
      fc.property(fc.oneof(fc.json(), changed, anything), (text) => {
        if (isParsed(text)) accepted += 1;
        else refused += 1;
        if (isJson(text) !== isParsed(text)) wrong.push(text);
      }),
      { numRuns: 10_000, seed },
    );
    expect({ wrong, seed }).toEqual({ wrong: [], seed });
    expect({ isTelling: accepted > 2000 && refused > 2000, accepted, refused }).toMatchObject({
      isTelling: true,
    });
  });

  it('R13 takes text of any depth', () => {
    const depth = 1_000_000;
    expect(isJson('['.repeat(depth) + ']'.repeat(depth))).toBe(true);
    expect(isJson('{"a":'.repeat(depth))).toBe(false);
  });
});
