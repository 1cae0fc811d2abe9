import 'reflect-metadata';
import { Transform, Type } from 'class-transformer';
import { IsDate, IsInt, IsOptional, IsString, ValidateNested } from 'class-validator';
import { errorsOf } from '../../test/support/errors-of.js';

abstract class Shape {}

class Circle extends Shape {
  @IsString()
  kind!: string;
}

class Body {
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  count?: number;

  @IsOptional()
  @Type(() => Date)
  @IsDate()
  at?: Date;

  @IsOptional()
  @Transform(({ value }) => (value as string).trim())
  @IsString()
  text?: string;

  @IsOptional()
  @ValidateNested({ each: true })
  @Type(() => Shape, {
    keepDiscriminatorProperty: true,
    discriminator: { property: 'kind', subTypes: [{ name: 'circle', value: Circle }] },
  })
  shapes?: Shape[];
}

const odd = { toString: 1, valueOf: 1 };

describe('values that cannot be converted to the declared type', () => {
  it.each<[object, string[]]>([
    [{ count: odd }, ['count transform']],
    [{ at: odd }, ['at transform']],
    [{ text: 7 }, ['text transform']],
    [{ text: null, count: 1 }, ['text transform']],
    [{ shapes: [{ kind: 'circle' }, null] }, ['shapes transform']],
    [{ text: 7, at: odd, more: 1 }, ['at transform', 'text transform']],
    [[{ text: 7 }], ['body transform']],
    [{ text: ' a ', shapes: [{ kind: 'circle' }], count: '7' }, []],
  ])('I3 %j is a validation error, not a server error', async (value, expected) => {
    expect(await errorsOf(value, Body)).toEqual(expected);
  });

  it('are reported under the requested part of the body', async () => {
    expect(await errorsOf([null, { text: 7 }], Body, { data: 'part' })).toEqual(['part transform']);
  });

  it('are not blamed for a class whose constructor throws', async () => {
    class Broken extends Body {
      constructor() {
        super();
        throw new Error('broken');
      }
    }
    await expect(errorsOf({ text: 'a' }, Broken)).rejects.toThrow('broken');
  });

  it('are distinguished from rules that throw', async () => {
    class Failing extends Body {
      @IsString({
        validateIf: () => {
          throw new Error('no database');
        },
      })
      name!: string;
    }
    expect(await errorsOf({ name: 'a' }, Failing)).toEqual(['name isString']);
  });
});
