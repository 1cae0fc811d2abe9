import 'reflect-metadata';
import type { ArgumentMetadata } from '@nestjs/common';
import { Type } from 'class-transformer';
import {
  IsArray,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import * as v from 'valibot';
import { z } from 'zod';
import { ValidationFailedException } from '../errors/ws-exceptions.js';
import { AllowCharacters } from './characters.js';
import { WsValidationPipe } from './ws-validation.pipe.js';

class Item {
  @IsString()
  name!: string;
}

class Body {
  @IsOptional()
  @IsInt()
  count?: number;

  @IsOptional()
  @IsInt({ each: true })
  counts?: number[];

  @IsOptional()
  @IsNumber({ maxDecimalPlaces: 0 })
  whole?: number;

  @IsOptional()
  @IsNumber()
  measure?: number;

  @IsOptional()
  @IsString({ each: true })
  tags?: string[];

  @IsOptional()
  @AllowCharacters('bidi')
  @IsString()
  name?: string;

  @IsOptional()
  @ValidateNested()
  @Type(() => Item)
  item?: Item;

  @IsOptional()
  @ValidateNested({ each: true })
  @Type(() => Item)
  items?: Item[];

  @IsOptional()
  @IsObject()
  record?: object;

  @ValidateIf((body: Body) => body.count === 1)
  @IsString()
  onlyForOne?: string;
}

class Parent {
  @ValidateNested()
  @Type(() => Item)
  item!: Item;

  @IsOptional()
  @IsArray()
  @IsString({ each: true })
  list?: string[];
}

const pipe = new WsValidationPipe();

async function errorsOf(value: unknown, metadata: Partial<ArgumentMetadata> = { metatype: Body }) {
  try {
    await pipe.transform(value, { type: 'body', ...metadata });
    return [];
  } catch (error) {
    if (error instanceof ValidationFailedException)
      return error.errors?.map(({ path, constraint }) => `${path} ${constraint}`);
    throw error;
  }
}

describe('WsValidationPipe', () => {
  it.each([
    [{ count: 9007199254740991, whole: -9007199254740991 }, []],
    [{ count: 2 ** 53 }, ['count isInt']],
    [{ count: -(2 ** 53) }, ['count isInt']],
    [{ count: 1e300 }, ['count isInt']],
    [{ counts: [1, 9007199254740992] }, ['counts isInt']],
    [{ whole: 2 ** 53 }, ['whole isInt']],
    [{ measure: 1e300 }, []],
    [{ measure: 2 ** 53 }, []],
  ])('I9 %j: a rounded number is not an integer', async (value, expected) => {
    expect(await errorsOf(value)).toEqual(expected);
  });

  it.each([
    [{ tags: 'text' }, ['tags isArray']],
    [{ items: { name: 'a' } }, ['items isArray']],
    [{ items: [[{ name: 'a' }]] }, ['items isObject']],
    [{ items: [{ name: 'a' }, { name: 7 }] }, ['items.1.name isString']],
    [{ items: [{ name: 'a', more: 1 }] }, ['items.0.more unknown']],
    [{ items: [null] }, ['items.0 nestedValidation']],
    [{ item: [{ name: 'a' }] }, ['item isObject']],
    [{ item: { name: 'a' }, items: [{ name: 'b' }], tags: ['c'] }, []],
    [{ onlyForOne: { any: 'thing' } }, ['onlyForOne unknown']],
    [{ count: 1, onlyForOne: 'text' }, []],
  ])('I2 I3 %j: only declared types and properties are accepted', async (value, expected) => {
    expect(await errorsOf(value)).toEqual(expected);
  });

  it('I2 refuses properties with the name of a method', async () => {
    class Greeting {
      @IsString()
      name!: string;

      greet(): string {
        return this.name;
      }
    }
    const names = ['toString', 'valueOf', 'hasOwnProperty', 'greet', '__defineGetter__'];
    for (const name of names)
      expect(await errorsOf({ name: 'a', [name]: 1 }, { metatype: Greeting })).toEqual([`${name} unknown`]);
    expect(await errorsOf({ item: { name: 'a', toString: 1 } })).toEqual(['item.toString unknown']);
    expect(await errorsOf({ items: [{ name: 'a', valueOf: 1 }] })).toEqual(['items.0.valueOf unknown']);
  });

  it('I3 requires a nested object that is declared', async () => {
    expect(await errorsOf({}, { metatype: Parent })).toEqual(['item isDefined']);
    expect(await errorsOf({ item: { name: 'a' } }, { metatype: Parent })).toEqual([]);
  });

  it.each([
    [{ tags: ['a', 'b\u0000'] }, ['tags.1 characters']],
    [{ tags: ['\u001b[2J'] }, ['tags.0 characters']],
    [{ tags: ['\u001b[2J'] }, ['tags.0 characters']],
    [{ tags: ['user\u202egpj.exe'] }, ['tags.0 characters']],
    [{ item: { name: '\u2066' } }, ['item.name characters']],
    [{ items: [{ name: 'a' }, { name: '\u001b' }] }, ['items.1.name characters']],
    [{ record: { a: [{ 'b\u0000': 1 }] } }, ['record.a.0.b characters']],
    [{ name: '\u202aallowed here\u202c' }, []],
    [{ name: 'not this\u0000' }, ['name characters']],
    [{ tags: ['lines\r\n\tand 😀 שלום \u200f \u200d é'] }, []],
  ])('I8 %j: control and direction characters are accepted only where declared', async (value, expected) => {
    expect(await errorsOf(value)).toEqual(expected);
  });

  it('I11 sanitises paths that come from the body', async () => {
    const [error] = (await errorsOf({ item: { ['<img src=x>\u202e' + 'y'.repeat(99)]: 1 } })) as string[];
    expect(error).toMatch(/^item\.imgsrcxy{52} unknown$/);
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`k${at}`, at]));
    expect(await errorsOf(many)).toHaveLength(32);
  });

  describe.each([
    ['zod', z.object({ text: z.string().max(5), at: z.object({ n: z.int() }).optional() })],
    [
      'zod, strict',
      z.strictObject({ text: z.string().max(5), at: z.strictObject({ n: z.int() }).optional() }),
    ],
    [
      'valibot',
      v.object({
        text: v.pipe(v.string(), v.maxLength(5)),
        at: v.optional(v.object({ n: v.pipe(v.number(), v.safeInteger()) })),
      }),
    ],
  ])('a schema of %s', (_name, schema) => {
    it('returns the body', async () => {
      const body = { text: 'hi', at: { n: 1 } };
      expect(await pipe.transform(body, { type: 'body', schema })).toEqual(body);
    });

    it.each([
      [{ text: 7 }, 'text'],
      [{ text: 'too long' }, 'text'],
      [{ text: 'hi', at: { n: 2 ** 53 } }, 'at.n'],
      [{ text: 'a\u0000' }, 'text'],
      [{ text: 'hi', at: { n: 1, more: 'canary' } }, 'at.more'],
      [{ text: 'hi', more: 'canary' }, 'more'],
    ])('I2 I9 I11 refuses %j', async (value, path) => {
      const paths = (await errorsOf(value, { schema }))?.map((error) => error.split(' ')[0]);
      expect(paths).toEqual([path]);
    });

    it('I11 does not repeat the value', async () => {
      const attempt = pipe.transform({ text: 1, 'canary<b>': 'canary' }, { type: 'body', schema });
      const error = await attempt.catch((reason: unknown) => reason as ValidationFailedException);
      expect((error as ValidationFailedException).errors?.map(({ message }) => message).join()).not.toMatch(
        /canary|1/,
      );
    });
  });

  it('returns the output of a schema', async () => {
    const schema = z.string().transform((text) => text.length);
    expect(await pipe.transform('four', { type: 'body', data: 'word', schema })).toBe(4);
    const asynchronous = z.object({ a: z.string() }).refine(async () => Promise.resolve(true));
    expect(await pipe.transform({ a: 'b' }, { type: 'body', schema: asynchronous })).toEqual({ a: 'b' });
  });

  it('validates a body once, even if a policy asked first', async () => {
    const metadata: ArgumentMetadata = { type: 'body', metatype: Item };
    const value = { name: 'a' };
    const early = await new WsValidationPipe().validated(value, metadata);
    expect(early).toBeInstanceOf(Item);
    expect(await pipe.transform(value, metadata)).toBe(early);
    expect(await pipe.transform({ name: 'a' }, metadata)).not.toBe(early);
    // Another type, or another pipe class that may be stricter, validates again.
    await expect(pipe.transform(value, { type: 'body', metatype: Parent })).rejects.toBeInstanceOf(
      ValidationFailedException,
    );
    class OtherPipe extends WsValidationPipe {}
    expect(await new OtherPipe().transform(value, metadata)).not.toBe(early);
  });

  it('returns a value that is not a body unchanged', async () => {
    const value = { name: 'a' };
    expect(await pipe.transform(value, { type: 'custom', metatype: Item })).toBe(value);
    expect(await pipe.validated(value, { type: 'custom', metatype: Item })).toBe(value);
  });

  it('remembers the refusal of a body too', async () => {
    const value = { name: 7 };
    const metadata: ArgumentMetadata = { type: 'body', metatype: Item };
    const first = await pipe.validated(value, metadata).catch((error: unknown) => error);
    expect(first).toBeInstanceOf(ValidationFailedException);
    await expect(pipe.transform(value, metadata)).rejects.toBe(first);
  });

  it('calls class-validator only when the compiled rules cannot decide', async () => {
    const metadata: ArgumentMetadata = { type: 'body', metatype: Item };
    let reads = 0;
    const value = (name: unknown): object =>
      Object.defineProperty({}, 'name', {
        enumerable: true,
        get: () => {
          reads += 1;
          return name;
        },
      });
    await pipe.transform(value('a'), metadata);
    await pipe.validated(value('a'), metadata);
    expect(reads).toBe(2);
    await expect(pipe.transform(value(7), metadata)).rejects.toThrow(ValidationFailedException);
    expect(reads).toBeGreaterThan(5);
  });

  it('I9 a pipe with expectedType applies the same rules', async () => {
    class ItemPipe extends WsValidationPipe {
      constructor() {
        super();
        this.expectedType = Body;
      }
    }
    const metadata: ArgumentMetadata = { type: 'body', metatype: Object };
    const valid = { count: 1, onlyForOne: 'a', item: { name: 'a' } };
    expect(await new ItemPipe().transform(valid, metadata)).toBeInstanceOf(Body);
    for (const wrong of [{ whole: 2 ** 53 }, { tags: ['\u0000'] }, { toString: 1 }])
      await expect(new ItemPipe().transform({ ...valid, ...wrong }, metadata)).rejects.toBeInstanceOf(
        ValidationFailedException,
      );
  });

  it.each([
    ['validate', () => Promise.resolve([{ property: 'name', constraints: { own: 'is not for us' } }])],
    ['validated', () => Promise.reject(new ValidationFailedException([]))],
    [
      'stripProtoKeys',
      () => {
        throw new ValidationFailedException([]);
      },
    ],
  ])('a subclass with its own %s is called', async (name, method) => {
    class StricterPipe extends WsValidationPipe {}
    Object.defineProperty(StricterPipe.prototype, name, { value: method });
    const metadata: ArgumentMetadata = { type: 'body', metatype: Item };
    await expect(new StricterPipe().transform({ name: 'a' }, metadata)).rejects.toBeInstanceOf(
      ValidationFailedException,
    );
    expect(await pipe.transform({ name: 'a' }, metadata)).toBeInstanceOf(Item);
  });
});
