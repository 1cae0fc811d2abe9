import type { Type } from '@nestjs/common';

/** Also false for a class that is undefined because of a circular import. */
export function isClass(value: unknown): value is Type {
  return typeof value === 'function' && value.prototype !== undefined;
}

export function isClassList(list: unknown): list is readonly Type[] {
  return Array.isArray(list) && list.every(isClass);
}
