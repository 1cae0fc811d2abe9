import 'reflect-metadata';
import fc from 'fast-check';
import { plainToInstance } from 'class-transformer';
import { normalizeText } from './normalize-text.js';
import { NormalizeUnicode, PlainText, Trim } from './sanitizer.decorators.js';
import { quickest } from '../../test/support/quickest.js';

class Everything {
  @Trim()
  trimmed!: unknown;

  @NormalizeUnicode('NFKC')
  normalized!: unknown;

  @PlainText()
  plain!: unknown;

  @PlainText()
  @Trim()
  both!: unknown;
}

const rewrite = (value: Record<string, unknown>): object =>
  Object.assign({}, plainToInstance(Everything, value));

describe('sanitizers', () => {
  it('I10 rewrite strings', () => {
    const value = {
      trimmed: '  a b ',
      normalized: 'ﬁ①',
      plain: '<b>a</b> & b',
      both: ' <i>a</i> ',
    };
    expect(rewrite(value)).toEqual({
      trimmed: 'a b',
      normalized: 'fi1',
      plain: 'a & b',
      both: 'a',
    });
  });

  it('rewrite the strings of a list and leave other values to the rules', () => {
    expect(rewrite({ trimmed: [' a ', 1], plain: 7, both: null, normalized: undefined })).toMatchObject({
      trimmed: ['a', 1],
      plain: 7,
      both: null,
      normalized: undefined,
    });
  });

  it('I8 I10 run in a fixed order, wherever the decorators stand', () => {
    class Backwards {
      @Trim()
      @PlainText()
      @NormalizeUnicode('NFKC')
      first!: string;

      @NormalizeUnicode('NFKC')
      @PlainText()
      @Trim()
      last!: string;
    }
    class Heir extends Everything {
      @NormalizeUnicode('NFKC')
      declare plain: unknown;
    }
    // Full-width characters, which NFKC turns into markup.
    const disguised = ' \uff1cscript\uff1ealert(1)\uff1c/script\uff1e ';
    expect(Object.assign({}, plainToInstance(Backwards, { first: disguised, last: disguised }))).toEqual({
      first: 'alert(1)',
      last: 'alert(1)',
    });
    expect(plainToInstance(Heir, { plain: disguised.trim() }).plain).toBe('alert(1)');
  });

  it('I8 leave text in its normal form, even if markup stood between a letter and its accent', () => {
    class Note {
      @NormalizeUnicode()
      @PlainText()
      @Trim()
      text!: string;
    }
    const clean = (text: string): string => plainToInstance(Note, { text }).text;
    expect(clean('e<b></b>\u0301')).toBe('\u00e9');
    const pieces = fc.constantFrom(
      'e',
      '\u0301',
      '\u0327',
      '<b>',
      '<',
      '>',
      ' ',
      '\u0338',
      '\u1100',
      '\u1161',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 20 }), (list) => {
        const once = clean(list.join(''));
        expect(once).toBe(once.normalize('NFC'));
        expect(clean(once)).toBe(once);
      }),
      { numRuns: 2000 },
    );
  });

  it('I8 normalise text without markup too', () => {
    const low = Array.from({ length: 0x300 }, (_, code) => String.fromCharCode(code));
    for (const first of low) {
      const pairs = low.map((second) => first + second).join('');
      for (const form of ['NFC', 'NFKC'] as const)
        if (normalizeText(pairs, form) !== pairs.normalize(form)) throw new Error(`${form} of ${first}`);
    }
  });

  it('I6 normalise the worst 64 KiB in less than 10 ms', () => {
    class Normalized {
      @NormalizeUnicode('NFKC')
      text!: string;
    }
    const marks = ['\u0315', '\u0300', '\u0327', '\u0344'];
    const worst = [
      `a${marks.join('').repeat(8000)}`,
      `a${marks.map((mark) => mark.repeat(8000)).join('')}`,
      '\ufdfa'.repeat(21_000),
      `${'\u0315\u0300'.repeat(15)}\u034f`.repeat(1000),
      `${'\u0315\u0300'.repeat(15)}a`.repeat(1000),
    ];
    for (const text of worst)
      expect(quickest(() => plainToInstance(Normalized, { text }), 10)).toBeLessThan(10);
  });
});
