import type { Type } from '@nestjs/common';
import { isClassList } from '../audit/class-list.js';

/** Token of the gateway classes in `forRoot({ unsecured })`. */
export const MODULE_UNSECURED = Symbol('MODULE_UNSECURED');

/** The classes, if the list is valid. Others are reported elsewhere. */
export function classesIn(list: unknown): readonly Type[] {
  return isClassList(list) ? [...new Set(list)] : [];
}
