import { registerDecorator, type ValidatorConstraintInterface } from 'class-validator';
import type { Class } from '../../src/validation/class-rules.js';

/** A custom rule for one property. */
export function customRule(name: string, validator: object, async = false): PropertyDecorator {
  return ((target: object, propertyName: string) =>
    registerDecorator({
      name,
      async,
      target: target.constructor,
      propertyName,
      validator: validator as ValidatorConstraintInterface,
    })) as PropertyDecorator;
}

/** Creates a class with one property, `value`, and these decorators on it. */
export function dtoOf(...decorators: PropertyDecorator[]): Class {
  class Dto {
    value: unknown;
  }
  Reflect.decorate(decorators, Dto.prototype, 'value');
  return Dto;
}
