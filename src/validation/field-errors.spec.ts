import 'reflect-metadata';
import { Type } from 'class-transformer';
import { IsString, ValidateNested } from 'class-validator';
import { errorsOf } from '../../test/support/errors-of.js';
import { quickest } from '../../test/support/quickest.js';
import { harmless } from './field-errors.js';

abstract class Shape {}

class Circle extends Shape {
  @IsString()
  kind!: string;
}

class Drawing {
  @ValidateNested({ each: true })
  @Type(() => Shape, {
    keepDiscriminatorProperty: true,
    discriminator: { property: 'kind', subTypes: [{ name: 'circle', value: Circle }] },
  })
  shapes!: Shape[];
}

const error = { constraint: 'unknown', message: 'unknown property' };

describe('field errors', () => {
  it('I11 name an object of no known class', async () => {
    expect(await errorsOf({ shapes: [{ kind: 'circle' }, { kind: 'canary' }] }, Drawing)).toEqual([
      'shapes.1 unknownValue',
    ]);
  });

  it('I11 truncate a path between characters', () => {
    const [found] = harmless([{ ...error, path: `a${'\u{1d400}'.repeat(40)}` }]);
    expect(found?.path).toBe(`a${'\u{1d400}'.repeat(31)}`);
  });

  it('I6 take less than 10 ms for the longest names', () => {
    const path = '\u202e<'.repeat(32_000);
    const errors = Array.from({ length: 32 }, (_, at) => ({ ...error, path: `items.${path}.${at}` }));
    expect(harmless(errors)[0]?.path).toBe('items.');
    expect(quickest(() => harmless(errors), 10)).toBeLessThan(10);
  });
});
