import 'reflect-metadata';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, ValidateNested } from 'class-validator';
import { compareValidation } from '../../test/support/compare-validation.js';
import { errorsOf } from '../../test/support/errors-of.js';
import { PlainText } from './sanitizer.decorators.js';
import { WsValidationPipe } from './ws-validation.pipe.js';

class Item {
  @IsString()
  name!: string;
}

class Collections {
  @PlainText()
  @IsOptional()
  @Type(() => String)
  @IsString({ each: true })
  tags?: Set<string>;

  @PlainText()
  @IsOptional()
  @Type(() => String)
  @IsString({ each: true })
  labels?: Map<string, string>;

  @IsOptional()
  @Type(() => Number)
  @IsInt({ each: true })
  counts?: Set<number>;

  @IsOptional()
  @ValidateNested({ each: true })
  @Type(() => Item)
  items?: Set<Item>;

  @IsOptional()
  @ValidateNested({ each: true })
  @Type(() => Item)
  named?: Map<string, Item>;
}

/** Without `@Type()` class-transformer does not create sets and maps. */
class WithoutType {
  @PlainText()
  @IsOptional()
  @IsString({ each: true })
  tags?: Set<string>;

  @IsOptional()
  @IsString({ each: true })
  labels?: Map<string, string>;
}

class Converted {
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  count?: number;

  @IsOptional()
  @Type(() => Number)
  @IsInt({ each: true })
  counts?: number[];
}

describe('sets and maps', () => {
  it('I10 are stripped of markup like lists', async () => {
    const value = { tags: ['<b>a</b>', 'b'], labels: { a: '<i>c' } };
    expect(await new WsValidationPipe().transform(value, { type: 'body', metatype: Collections })).toEqual(
      Object.assign(new Collections(), { tags: new Set(['a', 'b']), labels: new Map([['a', 'c']]) }),
    );
  });

  it.each<[object, string[]]>([
    [{ items: [{ name: 'a' }], named: { size: { name: 'b' } } }, ['named.size unknown']],
    [{ named: { get: { name: 'a' }, a: { name: 'b' } } }, ['named.get unknown']],
    [{ named: { a: { name: 'b', toString: 1 } } }, ['named.a.toString unknown']],
    [{ items: [{ name: 'a' }, { name: 'b', valueOf: 1 }] }, ['items.1.valueOf unknown']],
    [{ named: { a: { name: 'b', more: 1 } } }, ['named.a.more unknown']],
    [{ items: [{ name: 'a' }], named: { a: { name: 'b' } } }, []],
  ])('I2 %j: unknown members are refused, not dropped', async (value, expected) => {
    expect(await errorsOf(value, Collections)).toEqual(expected);
  });

  it.each<[object, string[]]>([
    [{ tags: 'a' }, ['tags isArray']],
    [{ tags: { a: 'b' } }, ['tags isArray']],
    [{ items: { name: 'a' } }, ['items isArray']],
    [{ labels: 'a' }, ['labels isObject']],
    [{ labels: ['a'] }, ['labels isObject']],
    [{ named: [{ name: 'a' }] }, ['named isObject']],
    [{ tags: null, named: null }, []],
    [{ tags: [], items: [], named: {} }, []],
  ])('I3 %j: a set needs a list, a map needs an object', async (value, expected) => {
    expect(await errorsOf(value, Collections)).toEqual(expected);
  });

  it.each<object>([
    { items: [[{ name: 'a' }]] },
    { named: { a: [{ name: 'a' }] } },
    { named: { a: { name: 'a' }, b: [] } },
  ])('I3 %j: a list is not an object of a set or a map', async (value) => {
    expect(await errorsOf(value, Collections)).toEqual([expect.stringMatching(/^(items|named) isObject$/)]);
  });

  it('I3 need the same without @Type()', async () => {
    expect(await errorsOf({ tags: 'a' }, WithoutType)).toEqual(['tags isArray']);
    expect(await errorsOf({ labels: 'a' }, WithoutType)).toEqual(['labels isObject']);
    const plain = class {
      tags?: Set<string>;
    };
    Reflect.decorate(
      [IsString({ each: true }), Reflect.metadata('design:type', Set)],
      plain.prototype,
      'tags',
    );
    expect(await compareValidation(plain, () => ({ tags: ['a'] }))).toBe('accepted');
    expect(await compareValidation(plain, () => ({ tags: 'a' }))).toBe('refused');
  });

  it.each<[object, string[]]>([
    [{ count: 2 ** 53 }, ['count isInt']],
    [{ count: '9007199254740993' }, ['count isInt']],
    [{ counts: [1, -(2 ** 53)] }, ['counts isInt']],
    [{ count: 2 ** 53 - 1, counts: ['7'] }, []],
  ])('I9 %j: a rounded integer is not an integer, converted or not', async (value, expected) => {
    expect(await errorsOf(value, Converted)).toEqual(expected);
  });

  it('I9 must not contain a rounded integer', async () => {
    expect(await errorsOf({ counts: [2 ** 53] }, Collections)).toEqual(['counts isInt']);
    expect(await errorsOf({ counts: [1] }, Collections)).toEqual([]);
  });
});
