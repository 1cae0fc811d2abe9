import 'reflect-metadata';
import { Transform, Type } from 'class-transformer';
import {
  IsDefined,
  IsIn,
  IsNumber,
  IsOptional,
  IsString,
  registerDecorator,
  Validate,
  ValidateIf,
  ValidateNested,
  type ValidationArguments,
  ValidatorConstraint,
  type ValidatorConstraintInterface,
} from 'class-validator';

export const fail = (): never => {
  throw new RangeError('canary-rule');
};
export const failLater = async (): Promise<never> => {
  await Promise.resolve();
  return fail();
};

export const odd = (value: unknown): boolean => (value === 'odd' ? fail() : value !== 'bad');

const IsFine =
  (
    validate: (value: unknown) => boolean | Promise<boolean>,
    message?: () => string,
    each = false,
  ): PropertyDecorator =>
  (target, property) =>
    registerDecorator({
      name: 'isFine',
      target: target.constructor,
      propertyName: property as string,
      options: { each, ...(message && { message }) },
      validator: { validate },
    });

@ValidatorConstraint({ name: 'asked', async: true })
class Asked implements ValidatorConstraintInterface {
  validate(value: unknown): Promise<boolean> {
    return value === 'odd' ? failLater() : Promise.resolve(value !== 'bad');
  }

  defaultMessage({ value }: ValidationArguments): string {
    return `${(value as string).toUpperCase()} is taken`;
  }
}

@ValidatorConstraint({ name: 'spoken' })
class Spoken implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    return value === 'fine';
  }

  defaultMessage({ value }: ValidationArguments): string {
    return (value as string).toUpperCase();
  }
}

class Item {
  @IsFine(odd)
  name?: unknown;
}

export class Body {
  @IsOptional()
  @IsNumber({ maxDecimalPlaces: 2 })
  price?: number;

  @IsOptional()
  @IsFine(odd)
  custom?: unknown;

  @IsOptional()
  @IsFine(odd, undefined, true)
  each?: unknown[];

  @IsOptional()
  @IsFine((value) => (value === 'odd' ? failLater() : true))
  later?: unknown;

  @IsOptional()
  @Validate(Asked)
  asked?: unknown;

  @IsOptional()
  @Validate(Spoken)
  spoken?: unknown;

  @IsOptional()
  @IsFine(() => false, fail)
  message?: unknown;

  @IsOptional()
  @IsFine(() => false, () => 7 as never)
  oddMessage?: unknown;

  @ValidateIf(({ conditional }: Body) => conditional !== undefined && (conditional === 'odd' ? fail() : true))
  @IsString()
  conditional?: string;

  @IsOptional()
  @IsString({ validateIf: (_object: object, value: unknown) => (value === 'odd' ? fail() : true) })
  checked?: string;

  @IsOptional()
  @Transform(({ value }) => (value as string).trim())
  @IsString()
  text?: string;

  @IsOptional()
  @ValidateNested()
  @Type(() => Item)
  item?: Item;

  @IsOptional()
  @ValidateNested({ each: true })
  @Type(() => Item)
  items?: Item[];

  @IsOptional()
  @IsDefined()
  @ValidateNested()
  @Type((options) => ((options?.object as { named?: unknown } | undefined)?.named === 'odd' ? fail() : Item))
  chosen?: Item;

  @IsOptional()
  @IsIn(['odd', 'fine'])
  named?: string;
}

/** Its getter is read by class-transformer and by a rule. */
class Accessors {
  #given: unknown;

  @IsString()
  get read(): unknown {
    return this.#given === 'odd' ? fail() : this.#given;
  }

  set read(value: unknown) {
    if (value === 'refused') fail();
    this.#given = value;
  }
}

export class Holder {
  @ValidateNested({ each: true })
  @Type(() => Accessors)
  list!: Accessors[];
}
