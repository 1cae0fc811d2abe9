import 'reflect-metadata';
import { Exclude, Expose, Transform, Type } from 'class-transformer';
import {
  IsOptional,
  IsString,
  Matches,
  registerDecorator,
  Validate,
  ValidateIf,
  ValidateNested,
  ValidatePromise,
  ValidatorConstraint,
} from 'class-validator';
import type { Class } from '../class-rules.js';
import { Trim } from '../sanitizer.decorators.js';
import { acceptorOf } from './acceptor-of.js';

class Item {
  @IsString()
  name!: string;
}

class Other extends Item {}

/** A class with one property, which has these decorators. */
function dto(...decorators: PropertyDecorator[]): Class {
  class Dto {
    value: unknown;
  }
  Reflect.decorate(decorators, Dto.prototype, 'value');
  return Dto;
}

/** A rule of the application's own. */
const own = (name: string, validate: (value: unknown) => boolean | Promise<boolean>, async = false) =>
  ((target: object, propertyName: string) =>
    registerDecorator({
      name,
      async,
      target: target.constructor,
      propertyName,
      validator: { validate },
    })) as PropertyDecorator;

describe('compiled rules', () => {
  class Method extends Item {
    @IsOptional()
    @IsString()
    greet?: string;
  }
  Object.defineProperty(Method.prototype, 'greet', { value: () => 'hello' });
  class Accessor extends Item {
    @IsOptional()
    @IsString()
    get other(): string | undefined {
      return this.name;
    }
    set other(value: string) {
      this.name = value;
    }
  }
  class Undeclared extends Item {
    more = 1;
  }
  class Callable extends Item {
    @IsOptional()
    @IsString()
    greet: unknown = () => 'hello';
  }
  class Thenable extends Item {}
  Object.assign(Thenable.prototype, Object.fromEntries([['then', () => undefined]]));
  class Picky extends Item {
    constructor(name: string) {
      super();
      this.name = name.trim();
    }
  }
  @Exclude()
  class Excluded extends Item {}
  @ValidatorConstraint({ name: 'isString' })
  class Constraint {
    validate = (): boolean => true;
  }
  const subTypes = [{ value: Item, name: 'item' }];
  const typeByValue: PropertyDecorator = Type((help) => (help?.object['a'] ? Item : Other));

  it.each<[string, Class]>([
    ['rules of the application', dto(own('isPrime', () => true))],
    ['asynchronous rules', dto(own('isString', async () => true, true))],
    ['rules of a class', dto(Validate(Constraint))],
    [
      'conditions',
      dto(
        IsString(),
        ValidateIf(() => true),
      ),
    ],
    ['conditions of a rule', dto(IsString({ validateIf: () => true }))],
    ['groups', dto(IsString({ groups: ['a'] }))],
    ['rules for all groups', dto(IsString({ always: true }))],
    ['promises', dto(ValidatePromise())],
    ['expressions that remember', dto(Matches(/a/y))],
    [
      'transformations',
      dto(
        IsString(),
        Transform(({ value }) => value as string),
      ),
    ],
    ['other names', dto(IsString(), Expose({ name: 'other' }))],
    ['left out properties', dto(IsString(), Exclude())],
    ['left out classes', Excluded],
    [
      'types of values',
      dto(
        IsString(),
        Type(() => String),
      ),
    ],
    ['nested values without a type', dto(ValidateNested())],
    [
      'nested values of a class without rules',
      dto(
        ValidateNested(),
        Type(() => Object),
      ),
    ],
    [
      'nested values of a class that is not compiled',
      dto(
        ValidateNested(),
        Type(() => Method),
      ),
    ],
    ['types by value', dto(ValidateNested(), typeByValue)],
    [
      'discriminators',
      dto(
        ValidateNested(),
        Type(() => Item, { discriminator: { property: 'a', subTypes } }),
      ),
    ],
    [
      'sanitizers of nested values',
      dto(
        ValidateNested(),
        Type(() => Item),
        Trim(),
      ),
    ],
    ['methods', Method],
    ['accessors', Accessor],
    ['initial values without rules', Undeclared],
    ['initial functions', Callable],
    ['instances that are promises', Thenable],
    ['constructors that need something', Picky],
    ['no rules', Object],
  ])('are not made for classes with %s', (_name, type) => {
    expect(acceptorOf(type)).toBeUndefined();
  });
});
