import 'reflect-metadata';
import { Exclude, Expose, Transform, Type } from 'class-transformer';
import {
  IsInstance,
  IsOptional,
  IsString,
  Matches,
  Validate,
  ValidateIf,
  ValidateNested,
  ValidatePromise,
  ValidatorConstraint,
} from 'class-validator';
import { dtoOf, customRule } from '../../../test/support/dto-of.js';
import type { Class } from '../class-rules.js';
import { Trim } from '../sanitizer.decorators.js';
import { sanitizer } from '../sanitizer.js';
import { acceptorOf } from './acceptor-of.js';

class Item {
  @IsString()
  name!: string;
}

class Other extends Item {}

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
  class Thenable extends Item {
    // oxlint-disable-next-line unicorn/no-thenable
    then(): void {}
  }
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

  class Fixed extends Item {
    constructor() {
      super();
      Object.defineProperty(this, 'name', { value: 'a', writable: false });
    }
  }
  class Replaced extends Item {
    constructor() {
      super();
      return new Item();
    }
  }
  class Disguised extends Item {}
  Object.defineProperty(Disguised.prototype, 'constructor', { value: Item });
  const named = (name: string | symbol): Class => {
    class Dto {}
    Reflect.decorate([IsString()], Dto.prototype, name);
    return Dto;
  };
  const declaredAs = (design: unknown, ...decorators: PropertyDecorator[]): Class =>
    dtoOf(...decorators, Reflect.metadata('design:type', design));
  const SetOfItems = declaredAs(
    Set,
    Type(() => Item),
  ) as new () => object;
  class ListOfItems extends SetOfItems {}
  Reflect.decorate(
    [ValidateNested(), Reflect.metadata('design:type', Array)],
    ListOfItems.prototype,
    'value',
  );

  it.each<[string, Class]>([
    ['rules of the application', dtoOf(customRule('isPrime', { validate: () => true }))],
    ['asynchronous rules', dtoOf(customRule('isString', { validate: async () => true }, true))],
    ['rules of a class', dtoOf(Validate(Constraint))],
    [
      'conditions',
      dtoOf(
        IsString(),
        ValidateIf(() => true),
      ),
    ],
    ['conditions of a rule', dtoOf(IsString({ validateIf: () => true }))],
    ['groups', dtoOf(IsString({ groups: ['a'] }))],
    ['rules for all groups', dtoOf(IsString({ always: true }))],
    ['promises', dtoOf(ValidatePromise())],
    ['expressions that remember', dtoOf(Matches(/a/y))],
    [
      'transformations',
      dtoOf(
        IsString(),
        Transform(({ value }) => value as string),
      ),
    ],
    [
      'costly sanitizers',
      dtoOf(IsString(), sanitizer({ stage: 'markup', sanitize: String, isCostly: true })),
    ],
    ['other names', dtoOf(IsString(), Expose({ name: 'other' }))],
    ['left out properties', dtoOf(IsString(), Exclude())],
    ['left out classes', Excluded],
    [
      'types of values',
      dtoOf(
        IsString(),
        Type(() => String),
      ),
    ],
    ['nested values without a type', dtoOf(ValidateNested())],
    [
      'nested values of a class without rules',
      dtoOf(
        ValidateNested(),
        Type(() => Object),
      ),
    ],
    [
      'nested values of a class that is not compiled',
      dtoOf(
        ValidateNested(),
        Type(() => Method),
      ),
    ],
    ['types by value', dtoOf(ValidateNested(), typeByValue)],
    [
      'discriminators',
      dtoOf(
        ValidateNested(),
        Type(() => Item, { discriminator: { property: 'a', subTypes } }),
      ),
    ],
    [
      'sanitizers of nested values',
      dtoOf(
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
    ['rules of a class by a built-in name', dtoOf(customRule('isString', Constraint))],
    ['rules that are given functions', dtoOf(IsInstance(Item))],
    ...['then', 'prototype', 'constructor', 'toString', Symbol('name')].map((name): [string, Class] => [
      `a property ${String(name)}`,
      named(name),
    ]),
    ['properties that cannot be written', Fixed],
    ['another constructor', Disguised],
    ['constructors that make something else', Replaced],
    [
      'nested maps',
      declaredAs(
        Map,
        ValidateNested(),
        Type(() => Item),
      ),
    ],
    [
      'nested sets',
      declaredAs(
        Set,
        ValidateNested(),
        Type(() => Item),
      ),
    ],
    ['inherited types of other collections', ListOfItems],
    ['no rules', Object],
  ])('are not compiled for classes with %s', (_name, type) => {
    expect(acceptorOf(type)).toBeUndefined();
  });

  it('are not compiled for classes whose nested class has no compiled rules', () => {
    class Page {
      @ValidateNested()
      @Type(() => Book)
      book!: object;
    }
    class Book {
      @ValidateNested()
      @Type(() => Page)
      page!: Page;

      @IsInstance(Item)
      title!: Item;
    }
    expect(acceptorOf(Book)).toBeUndefined();
    expect(acceptorOf(Page)).toBeUndefined();
  });
});
