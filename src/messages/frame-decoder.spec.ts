import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { BadMessageException } from '../errors/ws-exceptions.js';
import { resolveOptions } from '../options/resolve-options.js';
import { FrameDecoder } from './frame-decoder.js';
import { MemberList, readJson } from '../../test/support/json-reader.js';
import { quickest } from '../../test/support/quickest.js';

const LIMITS = { maxJsonDepth: 4, maxJsonNodes: 12, maxArrayLength: 3 };
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

const decoder = new FrameDecoder(resolveOptions({ ...LIMITS }));
const decoderByDefault = new FrameDecoder(resolveOptions({}));

/** A simple implementation of the rules, without optimizations. */
function isAcceptable(text: string): boolean {
  const root = readJson(text);
  if (!(root instanceof MemberList)) return false;
  const envelope = new Map(root.members);
  const event = envelope.get('event');
  const id = envelope.get('id');
  return (
    root.members.every(([name]) => ['event', 'data', 'id'].includes(name)) &&
    typeof event === 'string' &&
    event !== '' &&
    event.length <= 128 &&
    (id === undefined || (typeof id === 'string' && id.length <= 128) || isExact(id)) &&
    isWithin(root, 1) &&
    nodesOf(root) <= LIMITS.maxJsonNodes
  );
}

const isExact = (id: unknown): boolean =>
  Number.isSafeInteger(id) || (Number.isFinite(id) && !Number.isInteger(id));

function isWithin(value: unknown, depth: number): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value === 'string') return isUnicode(value);
  if (Array.isArray(value)) {
    const isSmall = depth <= LIMITS.maxJsonDepth && value.length <= LIMITS.maxArrayLength;
    return isSmall && value.every((item) => isWithin(item, depth + 1));
  }
  if (!(value instanceof MemberList)) return true;
  const names = value.members.map(([name]) => name);
  return (
    depth <= LIMITS.maxJsonDepth &&
    new Set(names).size === names.length &&
    value.members.every(
      ([name, item]) => !FORBIDDEN.has(name) && isUnicode(name) && isWithin(item, depth + 1),
    )
  );
}

const isUnicode = (text: string): boolean => Buffer.from(text).toString() === text;

function nodesOf(value: unknown): number {
  const inside =
    value instanceof MemberList ? value.members.map(([, item]) => item) : Array.isArray(value) ? value : [];
  return inside.reduce<number>((sum, item) => sum + nodesOf(item), 1);
}

function outcomeOf(text: string): unknown {
  try {
    const { event, data, id } = decoder.decode(text);
    return { event, data, id };
  } catch (error) {
    if (error instanceof BadMessageException) return 'refused';
    throw error;
  }
}

/** @returns the id that the refusal has */
function refusedId(text: string): unknown {
  try {
    decoder.decode(text);
  } catch (error) {
    return (error as BadMessageException).id;
  }
  throw new Error('accepted');
}

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
/** The same text, unescaped or partly escaped. */
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
// Characters that JSON.stringify() escapes have no other spelling in valid UTF-8.
const plain = (char: string): string => JSON.stringify(char).slice(1, -1);
const toWellFormedLiteral = (text: string): string => JSON.stringify(text);

const { value } = fc.letrec((tie) => ({
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

const envelope = fc
  .tuple(
    fc.constantFrom(
      '"event":"e"',
      '"event":"e"',
      '"event" : "e"',
      '"\\u0065vent":"e"',
      '"event":1',
      '"event":""',
    ),
    fc.option(fc.tuple(fc.constantFrom('"data":', '"data" :', '"dat\\u0061":'), value)),
    fc.option(
      fc.constantFrom('"id":1', '"id":"a:b"', '"id":1e400', '"id":9007199254740993', '"id":1.5', '"id":null'),
    ),
    fc.option(fc.constantFrom('"id":2', '"event":"f"', '"x":1', '"":0', '"data":0'), { freq: 6 }),
  )
  .map(
    ([event, data, id, more]) =>
      `{${[event, data?.join(''), id, more].filter((part) => part !== undefined && part !== null).join(',')}}`,
  );

describe('FrameDecoder', () => {
  it('I4 I5 I9 accepts the same frames as a simple implementation of the rules, with the value of JSON.parse()', () => {
    const seed = randomInt(2 ** 31);
    let accepted = 0;
    fc.assert(
      fc.property(fc.oneof(envelope, value as fc.Arbitrary<string>), (text) => {
        const isGood = isAcceptable(text);
        if (isGood) accepted += 1;
        expect(outcomeOf(text)).toEqual(
          isGood ? { id: undefined, data: undefined, ...JSON.parse(text) } : 'refused',
        );
      }),
      { numRuns: 20_000, seed },
    );
    expect({ isTelling: accepted > 500, accepted, seed }).toEqual({ isTelling: true, accepted, seed });
    // Allows for a machine that is ten times slower.
  }, 120_000);

  it('I9 finds a duplicate after any number of members', () => {
    const members = Array.from({ length: 100 }, (_, at) => `"k${at}":"a:b"`);
    const text = (more: string): string => `{"event":"e","data":{${[...members, more].join(',')}}}`;
    expect(decoderByDefault.decode(text('"k100":1')).data).toHaveProperty('k100', 1);
    for (const name of ['k0', 'k99', '\\u006b50', '\\u006B\\u0030'])
      expect(() => decoderByDefault.decode(text(`"${name}" : 1`))).toThrow(BadMessageException);
  });

  it.each([
    ['is too deep', '{"event":"e","data":[[[[[]]]]],"id":7}', 7],
    ['has a list that is too long', '{"event":"e","data":[1,2,3,4],"id":7}', 7],
    ['has too many values', '{"id":7,"event":"e","data":[[1,2,3],[1,2,3],[1,2,3]]}', 7],
    ['has no event', '{"event":"","id":"a"}', 'a'],
    ['has a member more', '{"event":"e","id":7,"type":"request"}', 7],
    ['has an object more', '{"event":"e","id":7,"more":{"a":[1,{"b":2}]}}', 7],
    ['has a lone surrogate in its data', '{"event":"e","id":7,"data":"\\ud800"}', 7],
    ['has a lone surrogate deep within', '{"event":"e","id":"a","data":[{"b":"\\udfff"}]}', 'a'],
    ['has a lone surrogate in a name', '{"event":"e","data":{"\\ud83d":1},"id":7}', 7],
    ['has a lone surrogate in its event', '{"event":"\\ud800","id":7}', 7],
    ['has a lone surrogate in the name of a member more', '{"event":"e","id":7,"\\ud800":0}', 7],
    ['reaches for a prototype', '{"event":"e","id":7,"data":{"__proto__":{"id":8}}}', 7],
    ['reaches for a prototype beside the event', '{"event":"e","id":7,"__proto__":{"id":8}}', 7],
    ['has one name twice in its data', '{"event":"e","id":7,"data":{"a":1,"a":2}}', 7],
    ['has another id in its data, twice', '{"event":"e","id":7,"data":{"id":1,"id":2}}', 7],
    ['has two events', '{"event":"e","event":"f","id":7}', 7],
    ['speaks of an id elsewhere', '{"event":"e","data":["id",":\\"id\\":"],"id":7,"more":"id"}', 7],
    ['spells the name of its id in escapes', '{"event":"","\\u0069d":7,"data":"id"}', 7],
    ['has a number beyond all numbers', '{"event":"e","data":1e400,"id":1.5}', 1.5],
  ])('I8 I11 keeps the id of a request that %s', (_what, text, id) => {
    expect(refusedId(text)).toBe(id);
  });

  it.each([
    ['has the same id twice', '{"event":"e","id":7,"id":7,"type":"request"}'],
    ['has two ids', '{"event":"e","id":1,"id":2}'],
    ['has two ids and no event', '{"event":"","id":1,"id":2}'],
    ['has two ids and is too deep', '{"event":"e","id":1,"data":[[[[[]]]]],"id":2}'],
    ['has a second id in escapes', '{"event":"e","id":1,"i\\u0064":2}'],
    ['has a lone surrogate for an id', '{"event":"e","id":"\\ud800","type":"request"}'],
    ['has a lone surrogate for an id and no event', '{"event":"","id":"\\ud800"}'],
    ['has an id that would be rounded', '{"event":"e","id":9007199254740993}'],
    ['has an id of another type', '{"event":"e","id":[7]}'],
    ['has its id within another member only', '{"event":"e","more":{"id":7}}'],
    ['has its id at a prototype only', '{"event":"e","__proto__":{"id":7}}'],
    ['breaks off', '{"event":"e","id":1'],
  ])('I8 I11 knows no id of a request that %s', (_what, text) => {
    expect(refusedId(text)).toBeUndefined();
  });

  it('I8 I9 I11 keeps the id of a request that has one error elsewhere', () => {
    const fault = fc.constantFrom(
      '"data":[[[[[0]]]]]',
      '"data":[0,1,2,3]',
      '"data":{"a":"\\ud83d"}',
      '"data":{"\\ude00":[]}',
      '"data":{"prototype":0}',
      '"data":{"id":0,"id":"x"}',
      '"data":1e400',
      '"data":1,"data":2',
      '"id ":0',
      '"":{"id":[0,{"id":1}]}',
      '"\\"id\\":":"\\"id\\":8,"',
    );
    const goodId = fc.oneof(fc.integer(), fc.string({ maxLength: 40, unit: 'grapheme' }));
    const name = fc.constantFrom('"id"', '"\\u0069d"', '"i\\u0064" ', '"id"\n');
    const frames = fc.tuple(name, goodId, fault, fc.integer({ min: 0, max: 2 }));
    fc.assert(
      fc.property(frames, ([idName, id, wrong, at]) => {
        const members = ['"event":"e"', wrong];
        members.splice(at, 0, `${idName}:${JSON.stringify(id)}`);
        expect(refusedId(`{${members.join(',')}}`)).toBe(id);
        // A second `id`, at any place, makes it ambiguous.
        members.splice(3 - at, 0, '"id":9');
        expect(refusedId(`{${members.join(',')}}`)).toBeUndefined();
      }),
      { numRuns: 2000 },
    );
  });

  it('I5 refuses one more than each limit', () => {
    const accepts = (data: string): boolean => outcomeOf(`{"event":"e","data":${data}}`) !== 'refused';
    expect([accepts('[[[]]]'), accepts('[[[[]]]]')]).toEqual([true, false]);
    expect([accepts('[1,2,3]'), accepts('[1,2,3,4]')]).toEqual([true, false]);
    // The envelope, its two members, and nine nested values.
    const nine = '[[1,2,3],[1,2],[1]]';
    expect([accepts(nine), accepts('[[1,2,3],[1,2],[1,2]]')]).toEqual([true, false]);
  });

  it.each([
    ['[', '', ''],
    ['[', '0', ']'],
    ['{"a":', '0', '}'],
  ])('I6 takes less than 10 ms for 64 KiB of nested %s', (open, inner, close) => {
    const depth = Math.floor(65_000 / (open.length + close.length));
    expectQuick(`{"event":"e","data":${open.repeat(depth)}${inner}${close.repeat(depth)}}`);
  });

  it.each([
    ['quotes and escapes', '"\\""', ','],
    ['backslashes', '"\\\\\\\\"', ','],
    ['strings with colons', '":"', ','],
    ['lone surrogates', '"\\ud800"', ','],
    ['objects', '{"":{}}', ','],
    ['numbers', '1e300', ','],
  ])('I6 takes less than 10 ms for 64 KiB of %s', (_name, item, separator) => {
    const items = Array.from({ length: 65_000 / (item.length + 1) }, () => item).join(separator);
    expectQuick(`{"event":"e","data":[${items}]}`);
    // The same frame within the limits, so that every check runs.
    expectQuick(
      `{"event":"e","data":[${items.slice(0, 200 * (item.length + 1) - 1)},"${'\\u0041:\\"'.repeat(7000)}"]}`,
    );
  });

  it('I6 takes less than 10 ms to find the id in 64 KiB of invalid JSON', () => {
    for (const [item, count] of [
      ['[]', 20_000],
      ['"\\\\"', 10_000],
      ['"id"', 12_000],
      ['{"id":0}', 7000],
    ] as const)
      expectQuick(`{"event":"","data":[${Array(count).fill(item).join()}],"id":"\\\\"}`);
    const names = Array.from({ length: 4000 }, (_, at) => `"\\u0069d${at}":0`);
    expectQuick(`{"event":"","id":7,${names.join()}}`);
  });

  it('I6 takes less than 10 ms for 64 KiB of names', () => {
    const names = (nameOf: (at: number) => string): string =>
      Array.from({ length: 4500 }, (_, at) => `"${nameOf(at)}":0`).join(',');
    for (const nameOf of [(at: number) => `k${at}`, (at: number) => `${at * 65_536 + 7}`, () => 'same'])
      expectQuick(`{"event":"e","data":{${names(nameOf)}}}`);
  });
});

function expectQuick(text: string): void {
  expect(text.length).toBeLessThan(70_000);
  const decode = (): void => {
    try {
      decoderByDefault.decode(text);
    } catch (error) {
      if (!(error instanceof BadMessageException)) throw error;
    }
  };
  expect(quickest(decode)).toBeLessThan(10);
}
