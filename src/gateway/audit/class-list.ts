import type { Type } from '@nestjs/common';

/** Also false for what a circular import left undefined. */
export function isClass(value: unknown): value is Type {
  return typeof value === 'function' && value.prototype !== undefined;
}

export function isClassList(list: unknown): list is readonly Type[] {
  return Array.isArray(list) && list.every(isClass);
}
