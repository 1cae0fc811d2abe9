import 'reflect-metadata';
import { Type } from 'class-transformer';
import {
  Equals,
  IsString,
  MaxLength,
  MinLength,
  Validate,
  type ValidationArguments,
  type ValidationError,
  ValidateNested,
  ValidatorConstraint,
} from 'class-validator';
import { dtoOf } from '../../test/support/dto-of.js';
import { ValidationFailedException } from '../errors/ws-exceptions.js';
import type { Class } from './class-rules.js';
import { WsValidationPipe } from './ws-validation.pipe.js';

async function messagesOf(type: Class, value: unknown): Promise<string[]> {
  const attempt = new WsValidationPipe().transform({ value }, { type: 'body', metatype: type as never });
  const error = await attempt.catch((reason: unknown) => reason);
  return ((error as ValidationFailedException).errors ?? []).map(({ message }) => message);
}

@ValidatorConstraint({ name: 'mine' })
class Mine {
  validate = (): boolean => false;
  defaultMessage = (): string => 'Text ($value) is not mine!';
}

class Item {
  @IsString({ message: '$value' })
  name!: string;
}

const withMessage = (write: (parameters: ValidationArguments) => string) =>
  dtoOf(Equals('x', { message: write }));

describe('custom messages', () => {
  it.each<[string, Class, unknown]>([
    ['$value', dtoOf(MaxLength(3, { message: '$property: $value is too long' })), 'canary'],
    ['a number for $value', dtoOf(MaxLength(3, { message: '$value is no text' })), 4711],
    ['$value in a rule of a class', dtoOf(Validate(Mine)), 'canary'],
    ['$value in elements', dtoOf(IsString({ each: true, message: '$value' })), [4711]],
    ['$value for an object', dtoOf(ValidateNested({ message: '$value' }), typeOf()), 'canary'],
    [
      '$value for a list of objects',
      dtoOf(ValidateNested({ each: true, message: '$value' }), typeOf()),
      ['canary'],
    ],
    ['$value in a nested object', dtoOf(ValidateNested(), typeOf()), { name: 4711 }],
    ['$value returned by a function', withMessage(() => 'not $value'), 'canary'],
    ['the value', withMessage(({ value }) => `not ${String(value)}`), 'canary'],
    [
      'a part of it',
      withMessage(({ value }) => `not ${(value as { deep: string[] }).deep[0]}`),
      { deep: ['canary'] },
    ],
    [
      'a substring of it',
      withMessage(({ value }) => `not ${(value as string).slice(0, 6).toUpperCase()}`),
      'canary',
    ],
    ['the object', withMessage(({ object }) => `not ${(object as { value: string }).value}`), 'canary'],
    [
      'another member of the object',
      withMessage(({ object }) => `not ${(object as { other: string }).other}`),
      'canary',
    ],
  ])('I11 are not sent with %s', async (_name, type, value) => {
    expect(await messagesOf(type, value)).toEqual(['is not valid']);
  });

  it.each<[string, Class, string]>([
    [
      'a text',
      dtoOf(MinLength(3, { message: 'at least $constraint1 for $property' })),
      'at least 3 for value',
    ],
    ['a function', withMessage(({ property, targetName }) => `${targetName} ${property}`), 'Dto value'],
    ['the library', dtoOf(MinLength(3)), 'value must be longer than or equal to 3 characters'],
  ])('are sent as %s wrote them', async (_name, type, message) => {
    expect(await messagesOf(type, 'a')).toEqual([message]);
  });

  it('do not hide other errors', async () => {
    expect(await messagesOf(dtoOf(MaxLength(3, { message: '$value' }), Equals('x')), 'canary')).toEqual([
      'value must be equal to x',
      'is not valid',
    ]);
  });

  it.each([true, false])('come with their target if the pipe asks for it: %s', async (target) => {
    let errors: ValidationError[] = [];
    class Asking extends WsValidationPipe {
      constructor() {
        super();
        this.validatorOptions = { ...this.validatorOptions, validationError: { target } };
        this.exceptionFactory = (found: ValidationError[]) => {
          errors = found;
          return new ValidationFailedException([]);
        };
      }
    }
    const attempt = new Asking().transform({ name: 1 }, { type: 'body', metatype: Item });
    await expect(attempt).rejects.toBeInstanceOf(ValidationFailedException);
    expect(errors[0]?.target).toEqual(target ? { name: 1 } : undefined);
  });
});

function typeOf(): PropertyDecorator {
  return Type(() => Item);
}
