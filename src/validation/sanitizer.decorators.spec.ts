import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import { NormalizeUnicode, PlainText, Trim } from './sanitizer.decorators.js';

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

  it('rewrite the strings of a list and leave everything else to the rules', () => {
    expect(rewrite({ trimmed: [' a ', 1], plain: 7, both: null, normalized: undefined })).toMatchObject({
      trimmed: ['a', 1],
      plain: 7,
      both: null,
      normalized: undefined,
    });
  });
});
