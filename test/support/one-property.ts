import { registerDecorator, type ValidatorConstraintInterface } from 'class-validator';
import type { Class } from '../../src/validation/class-rules.js';

/** A rule of the application's own, for one property. */
export function ownRule(name: string, validator: object, async = false): PropertyDecorator {
  return ((target: object, propertyName: string) =>
    registerDecorator({
      name,
      async,
      target: target.constructor,
      propertyName,
      validator: validator as ValidatorConstraintInterface,
    })) as PropertyDecorator;
}

/** A class with one property, `value`, which has these decorators. */
export function dtoOf(...decorators: PropertyDecorator[]): Class {
  class Dto {
    value: unknown;
  }
  Reflect.decorate(decorators, Dto.prototype, 'value');
  return Dto;
}
