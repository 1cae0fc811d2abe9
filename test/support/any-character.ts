import fc from 'fast-check';

const LAST = 0x10_ff_ff;
const FIRST_SURROGATE = 0xd8_00;
const SURROGATES = 0x8_00;

/**
 * A character of Unicode, for `fc.string()`: the same ones as `unit: 'binary'`, which makes a map of the million there
 * are and takes a second for that.
 */
export const anyCharacter: fc.Arbitrary<string> = fc
  .nat({ max: LAST - SURROGATES })
  .map(characterAt, indexOf);

function characterAt(index: number): string {
  return String.fromCodePoint(index < FIRST_SURROGATE ? index : index + SURROGATES);
}

function indexOf(value: unknown): number {
  const point = typeof value === 'string' ? value.codePointAt(0) : undefined;
  const isSurrogate = point !== undefined && point >= FIRST_SURROGATE && point < FIRST_SURROGATE + SURROGATES;
  if (point === undefined || isSurrogate || String.fromCodePoint(point) !== value)
    throw new Error('no character');
  return point < FIRST_SURROGATE ? point : point - SURROGATES;
}
