import { type Class, rulesOf } from '../class-rules.js';
import type { DtoClass } from './class-acceptor.js';

/** Means something to Nest's pipe, to class-transformer or to promises. */
const SPECIAL = ['__proto__', 'constructor', 'prototype', 'then'];

/**
 * The names of the properties that a new instance has, in order.
 *
 * @returns undefined when properties of the class are not just data, or have no rules
 */
export function initialNamesOf(type: Class): readonly string[] | undefined {
  const names = rulesOf(type).map(({ name }) => name);
  const prototype = type.prototype as object;
  if (names.length === 0 || prototype.constructor !== type) return undefined;
  if ('then' in prototype || names.some((name) => !isOrdinary(name) || name in prototype)) return undefined;
  const instance = instanceOf(type);
  if (!instance || Object.getPrototypeOf(instance) !== prototype) return undefined;
  return areData(instance, names) ? Object.keys(instance) : undefined;
}

/** Names that decorators get may be symbols. */
const isOrdinary = (name: unknown): boolean => typeof name === 'string' && !SPECIAL.includes(name);

function instanceOf(type: Class): object | undefined {
  try {
    return new (type as unknown as DtoClass)();
  } catch {
    return undefined;
  }
}

function areData(instance: object, names: readonly string[]): boolean {
  return Object.entries(Object.getOwnPropertyDescriptors(instance)).every(
    ([name, { writable, enumerable, configurable, value }]) =>
      names.includes(name) && writable && enumerable && configurable && typeof value !== 'function',
  );
}
