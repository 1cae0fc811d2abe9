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

/** A custom rule for a whole list. */
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

export class Checked {
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

export class Unchecked {
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

export class Heir extends Unchecked {
  @IsString()
  declare notEmpty: never;

  @ValidateNested({ each: true })
  @Type(() => Deep)
  deep!: Deep[];
}
