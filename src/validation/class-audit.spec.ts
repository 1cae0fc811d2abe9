import 'reflect-metadata';
import { Transform, Type } from 'class-transformer';
import {
  Allow,
  ArrayMaxSize,
  IsArray,
  IsDate,
  IsDefined,
  IsEnum,
  IsIn,
  IsInstance,
  IsInt,
  IsNotEmpty,
  IsObject,
  IsOptional,
  IsString,
  Length,
  registerDecorator,
  ValidateNested,
} from 'class-validator';
import { uncheckedProperties } from './class-audit.js';

class Leaf {
  @IsString()
  name!: string;
}

class NoRules {
  name!: string;
}

class Money {
  constructor(readonly cents: number) {}
}

/** A rule of the application for a whole list. */
const IsRoomList = (): PropertyDecorator => (target, property) =>
  registerDecorator({
    name: 'isRoomList',
    target: target.constructor,
    propertyName: property as string,
    validator: { validate: (value) => Array.isArray(value) },
  });

abstract class Shape {}

class Circle extends Shape {
  @IsInt()
  radius!: number;
}

class Square extends Shape {
  @IsOptional()
  side!: number;
}

class Checked {
  @IsString()
  text!: string;

  @Length(1, 5)
  short!: string;

  @IsEnum({ a: 'a' })
  kind!: string;

  @IsIn([1, 'a'])
  either!: string | number;

  @IsString({ each: true })
  tags!: string[];

  @IsRoomList()
  rooms!: string[];

  @IsDate()
  @Type(() => Date)
  at!: Date;

  @IsInstance(Money)
  @Transform(({ value }: { value: number }) => new Money(value))
  price!: Money;

  @ValidateNested()
  @Type(() => Leaf)
  leaf!: Leaf;

  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => Leaf)
  leaves!: Leaf[];

  @IsOptional()
  @ValidateNested()
  @Type(() => Checked)
  itself?: Checked;

  @ValidateNested()
  @Type(() => Shape, { discriminator: { property: 'kind', subTypes: [{ name: 'circle', value: Circle }] } })
  shape!: Circle;
}

class Unchecked {
  @IsOptional()
  optional!: string;

  @IsDefined()
  defined!: number;

  @IsNotEmpty()
  notEmpty!: boolean;

  @Allow()
  allowed!: unknown;

  @IsObject()
  record!: Record<string, unknown>;

  @IsArray()
  @ArrayMaxSize(3)
  list!: string[];

  @IsString()
  wrongList!: string[];

  @IsArray()
  anything!: unknown;

  @IsString({ validateIf: () => false })
  sometimes!: string;

  @IsObject()
  leaf!: Leaf;

  @ValidateNested()
  untyped!: Leaf;

  @ValidateNested({ each: true })
  untypedList!: Leaf[];

  @ValidateNested()
  @Type(() => NoRules)
  noRules!: NoRules;

  @ValidateNested()
  @Type(() => Shape, { discriminator: { property: 'kind', subTypes: [{ name: 'square', value: Square }] } })
  shape!: Square;
}

class Deepest {
  @IsObject()
  record!: object;
}

class Deep {
  @ValidateNested()
  @Type(() => Deepest)
  inner!: Deepest;
}

class Heir extends Unchecked {
  @IsString()
  declare notEmpty: never;

  @ValidateNested({ each: true })
  @Type(() => Deep)
  deep!: Deep[];
}

describe('uncheckedProperties', () => {
  it('I3 finds no problem if every property has a rule for its type', () => {
    expect(uncheckedProperties(Checked)).toEqual([]);
  });

  it('I3 finds properties that no rule checks, and names the decorators to add', () => {
    const found = Object.fromEntries(uncheckedProperties(Unchecked).map(({ path, fix }) => [path, fix]));
    expect(found).toEqual({
      optional: '@IsString()',
      defined: '@IsNumber()',
      notEmpty: '@IsBoolean()',
      allowed: expect.stringContaining('@ValidateNested()') as string,
      record: expect.stringContaining('@ValidateNested()') as string,
      list: expect.stringContaining('@IsString({ each: true })') as string,
      wrongList: expect.stringContaining('@IsString({ each: true })') as string,
      anything: expect.stringContaining('@IsString({ each: true })') as string,
      sometimes: '@IsString()',
      leaf: '@ValidateNested() @Type(() => Leaf)',
      untyped: '@Type(() => Leaf)',
      untypedList: '@Type(() => NestedDto)',
      noRules: 'rules on the properties of NoRules',
      'shape.side': '@IsNumber()',
    });
  });

  it('I3 checks inherited and nested properties', () => {
    const paths = uncheckedProperties(Heir).map(({ path }) => path);
    expect(paths).toContain('record');
    expect(paths).toContain('deep.inner.record');
    expect(paths).not.toContain('notEmpty');
  });
});
