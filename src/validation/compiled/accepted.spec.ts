import 'reflect-metadata';
import { Type } from 'class-transformer';
import {
  Allow,
  ArrayMaxSize,
  Equals,
  IsDefined,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  Matches,
  Max,
  ValidateBy,
  ValidateNested,
} from 'class-validator';
import { compareValidation } from '../../../test/support/compare-validation.js';
import { dtoOf, customRule } from '../../../test/support/dto-of.js';
import type { Class } from '../class-rules.js';
import { Trim } from '../sanitizer.decorators.js';
import { accepted } from './accepted.js';

class Item {
  @IsString()
  name!: string;
}

class Heir extends Item {
  @Trim()
  declare name: string;

  @IsOptional()
  @IsInt()
  count: number | null = 5;

  @IsOptional()
  @ArrayMaxSize(2)
  @IsString({ each: true })
  tags?: string[] = [];
}

class Box {
  @ValidateNested()
  @Type(() => Item)
  item!: Item;

  @IsOptional()
  @ValidateNested({ each: true })
  @Type(() => Box)
  boxes?: Box[];
}

const sparse = Object.assign([], { 1: 1 });

class Sub extends Array<unknown> {}

class Initial extends Item {
  @IsString({ each: true })
  list = Sub.from(['a']);
}

describe('compiled rules', () => {
  it.each<[string, Class, () => unknown]>([
    ['a string', Item, () => ({ name: 'a' })],
    ['an inherited property', Heir, () => ({ count: 1, name: ' a ' })],
    ['null for an optional property', Heir, () => ({ name: 'a', count: null, tags: ['b'] })],
    ['a negative zero', dtoOf(IsNumber()), () => ({ value: -0 })],
    ['the largest exact integer', dtoOf(IsInt()), () => ({ value: 2 ** 53 - 1 })],
    ['numbers that need not be integers', dtoOf(IsNumber()), () => ({ value: 2 ** 53 })],
    ['recursive classes', Box, () => ({ boxes: [{ item: { name: 'a' } }], item: { name: 'b' } })],
    ['text that matches a pattern', dtoOf(Matches(/^a/g)), () => ({ value: 'ab' })],
    [
      'the value of an accessor',
      Item,
      () => Object.defineProperty({}, 'name', { get: () => 'a', enumerable: true }),
    ],
    ['anything that is allowed', dtoOf(Allow()), () => ({ value: ['a', 1, null] })],
  ])('accept %s, with the same result as class-validator', async (_name, type, make) => {
    expect(await compareValidation(type, make)).toBe('accepted');
  });

  it.each<[string, Class, () => unknown]>([
    ...['toString', 'hasOwnProperty', 'more'].map((name): [string, Class, () => unknown] => [
      `a member ${name}`,
      Item,
      () => ({ name: 'a', [name]: 1 }),
    ]),
    ['no body', Item, () => null],
    ['a list for the body', Item, () => []],
    ['text for the body', Item, () => 'text'],
    ['an integer that was rounded', dtoOf(IsInt()), () => ({ value: 2 ** 53 })],
    ['a rounded one of a list', dtoOf(IsInt({ each: true })), () => ({ value: [2 ** 53] })],
    ['a rounded integer equal to its limit', dtoOf(Max(2 ** 53), IsInt()), () => ({ value: 2 ** 53 })],
    ['a control character', dtoOf(Allow()), () => ({ value: 'a\u0000' })],
    ['a direction character in a list', dtoOf(Allow()), () => ({ value: ['\u202e'] })],
    ['text for a list', Heir, () => ({ name: 'a', tags: 'b' })],
    ['null for a required value', dtoOf(IsDefined()), () => ({ value: null })],
    [
      'members of a list of objects',
      Box,
      () => ({ item: { name: 'a' }, boxes: Object.assign([], { map: 1 }) }),
    ],
    ['a list for an object', Box, () => ({ item: [{ name: 'a' }] })],
    ['an object for a list', Box, () => ({ item: { name: 'a' }, boxes: { item: { name: 'a' } } })],
    ['null for an object', Box, () => ({ item: null })],
    ['a missing object', Box, () => ({})],
    ['lists in lists', Box, () => ({ item: { name: 'a' }, boxes: [[]] })],
    ['members of a list', dtoOf(Allow()), () => ({ value: Object.assign(['a'], { map: 1 }) })],
    ['undefined for a required value', Item, () => ({ name: undefined })],
  ])('refuse %s, like class-validator', async (_name, type, make) => {
    expect(await compareValidation(type, make)).toBe('refused');
  });

  it.each<[string, Class, () => unknown]>([
    ['an own __proto__', Item, () => JSON.parse('{"name":"a","__proto__":{"name":1}}')],
    ['an instance', Item, () => Object.assign(new Item(), { name: 'a' })],
    ['an object without prototype', Item, () => Object.assign(Object.create(null), { name: 'a' })],
    ['an object without a declared type', dtoOf(Allow()), () => ({ value: { a: 1 } })],
    ['lists in a list', dtoOf(Allow()), () => ({ value: [[1]] })],
    ['a list with gaps', dtoOf(Allow()), () => ({ value: sparse.slice() })],
    ['an instance of a subclass of Array', dtoOf(Allow()), () => ({ value: Sub.from(['a']) })],
    ['an initial instance of a subclass of Array', Initial, () => ({ name: 'a' })],
    ['a date', dtoOf(Allow()), () => ({ value: new Date(0) })],
    ['a large integer', dtoOf(Allow()), () => ({ value: 1n })],
  ])('leave %s to class-validator', async (_name, type, make) => {
    expect(await compareValidation(type, make)).toBe('left to class-validator');
  });

  it('call a custom rule that has the name of a built-in one', async () => {
    const isShort = dtoOf(
      customRule('isString', { validate: (value: unknown) => typeof value === 'string' && value.length < 3 }),
    );
    expect(await compareValidation(isShort, () => ({ value: 'ab' }))).toBe('accepted');
    expect(await compareValidation(isShort, () => ({ value: 'abc' }))).toBe('refused');
    const isLater = dtoOf(customRule('isString', { validate: () => Promise.reject(new Error('later')) }));
    expect(accepted({ value: 'ab' }, isLater)).toBeUndefined();
    const options = {
      name: 'isString',
      validator: {
        validate: (_: unknown, args?: { object: object }) => Object.keys(args?.object ?? {}).length > 9,
      },
    };
    expect(await compareValidation(dtoOf(ValidateBy(options)), () => ({ value: 'ab' }))).toBe('refused');
  });

  it('do not share lists with the body', () => {
    const tags = ['a'];
    const body = accepted({ name: 'a', tags }, Heir) as Heir;
    tags.push('b');
    expect(body.tags).toEqual(['a']);
  });

  it('leave a class to class-validator while its constructor creates other members than before', () => {
    let initial: object = { name: 'a' };
    class Moody extends Item {
      constructor() {
        super();
        Object.assign(this, initial);
      }
    }
    expect(accepted({}, Moody)).toEqual({ name: 'a' });
    for (initial of [{ name: 'a', more: 1 }, { more: 1 }, { name: () => 'a' }])
      expect(accepted({ name: 'a' }, Moody)).toBeUndefined();
  });

  it('leave a nested value to class-validator when its type has changed', () => {
    let type: Class = Item;
    const Parent = dtoOf(
      ValidateNested(),
      Type(() => type),
    );
    expect(accepted({ value: { name: 'a' } }, Parent)).toEqual({ value: { name: 'a' } });
    type = Heir;
    expect(accepted({ value: { name: 'a' } }, Parent)).toBeUndefined();
  });

  it('ignore members of Object.prototype', () => {
    const Dto = dtoOf(IsOptional(), Equals('b'));
    const { prototype } = Object;
    Object.defineProperty(prototype, 'more', { value: 'a', enumerable: true, configurable: true });
    try {
      expect(accepted({ value: 'b' }, Dto)).toBeUndefined();
    } finally {
      Reflect.deleteProperty(prototype, 'more');
    }
    expect(accepted({ value: 'b' }, Dto)).toEqual({ value: 'b' });
  });
});
