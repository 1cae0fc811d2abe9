import { jest } from '@jest/globals';
import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { BadMessageException } from '../errors/ws-exceptions.js';
import { resolveOptions } from '../options/resolve-options.js';
import { FrameDecoder } from './frame-decoder.js';
import { expectEqual } from '../../test/support/expect-equal.js';
import { quickest } from '../../test/support/quickest.js';
import { LIMITS, isAcceptable } from '../../test/support/plain-frame-rules.js';
import { randomEnvelope, randomValue } from '../../test/support/random-envelopes.js';

const decoder = new FrameDecoder(resolveOptions({ ...LIMITS }));
const decoderByDefault = new FrameDecoder(resolveOptions({}));

function outcomeOf(text: string): unknown {
  try {
    const { event, data, id } = decoder.decode(text);
    return { event, data, id };
  } catch (error) {
    if (error instanceof BadMessageException) return 'refused';
    throw error;
  }
}

/** @returns the id under which a refusal is answered */
function refusedId(text: string): unknown {
  try {
    decoder.decode(text);
  } catch (error) {
    return (error as BadMessageException).id;
  }
  throw new Error('accepted');
}

describe('FrameDecoder', () => {
  it('I4 I5 I9 accepts what a plain implementation of the rules accepts, with the value of JSON.parse()', () => {
    const seed = randomInt(2 ** 31);
    let accepted = 0;
    fc.assert(
      fc.property(fc.oneof(randomEnvelope, randomValue as fc.Arbitrary<string>), (text) => {
        const isGood = isAcceptable(text);
        if (isGood) accepted += 1;
        expectEqual(
          outcomeOf(text),
          isGood ? { event: undefined, data: undefined, id: undefined, ...JSON.parse(text) } : 'refused',
        );
        expectEqual(decoder.read(text, true), decoder.read(text));
      }),
      { numRuns: 20_000, seed },
    );
    expect({ isTelling: accepted > 500, accepted, seed }).toEqual({ isTelling: true, accepted, seed });
    // Allows for a machine that is ten times slower.
  }, 120_000);

  it('R13 checks only short texts before it parses them, so that no client makes long ones cost twice as much', () => {
    const parse = jest.spyOn(JSON, 'parse');
    const malformed = (length: number): string => `{"event":${' '.repeat(length - 10)}}`;
    for (const length of [1024, 1025]) expect(decoderByDefault.read(malformed(length), true)).toEqual({});
    const lengths = parse.mock.calls.map(([text]) => text.length);
    parse.mockRestore();
    expect(lengths).toEqual([1025]);
  });

  it('I9 finds a duplicate name after any number of others', () => {
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
  ])('I8 I11 returns the id of a refused request that %s', (_what, text, id) => {
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
  ])('I8 I11 returns no id of a request that %s', (_what, text) => {
    expect(refusedId(text)).toBeUndefined();
  });

  it('I8 I9 I11 returns the id of a refused request wherever else it has one fault', () => {
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
        const text = (): string => `{${members.join(',')}}`;
        const refused = refusedId(text());
        // With a second id it is ambiguous which one counts.
        members.splice(3 - at, 0, '"id":9');
        expectEqual([refused, refusedId(text())], [id, undefined]);
      }),
      { numRuns: 2000 },
    );
  });

  it('I5 refuses from one beyond each limit on', () => {
    const accepts = (data: string): boolean => outcomeOf(`{"event":"e","data":${data}}`) !== 'refused';
    expect([accepts('[[[]]]'), accepts('[[[[]]]]')]).toEqual([true, false]);
    expect([accepts('[1,2,3]'), accepts('[1,2,3,4]')]).toEqual([true, false]);
    // The envelope, its two members, and nine values in them.
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
    // The same within the limits, so that every check runs.
    expectQuick(
      `{"event":"e","data":[${items.slice(0, 200 * (item.length + 1) - 1)},"${'\\u0041:\\"'.repeat(7000)}"]}`,
    );
  });

  it('I6 takes less than 10 ms to find the id in 64 KiB of invalid text', () => {
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
  expect(quickest(decode, 10)).toBeLessThan(10);
}
