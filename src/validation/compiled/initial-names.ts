import { type Class, rulesOf } from '../class-rules.js';
import type { DtoClass } from './class-acceptor.js';

/** Names with a special meaning for the pipe of Nest, class-transformer or promises. */
const SPECIAL = ['__proto__', 'constructor', 'prototype', 'then'];

/**
 * The names of the properties of a new instance, in order.
 *
 * @returns undefined if the class has accessors, or properties without rules
 */
export function initialNamesOf(type: Class): readonly string[] | undefined {
  const names = rulesOf(type).map(({ name }) => name);
  const prototype = type.prototype as object;
  if (names.length === 0 || prototype.constructor !== type) return undefined;
  if ('then' in prototype || names.some((name) => !isOrdinary(name) || name in prototype)) return undefined;
  const instance = createInstance(type);
  if (!instance || Object.getPrototypeOf(instance) !== prototype) return undefined;
  return areData(instance, names) ? Object.keys(instance) : undefined;
}

/** Decorators may get symbols as names. */
const isOrdinary = (name: unknown): boolean => typeof name === 'string' && !SPECIAL.includes(name);

function createInstance(type: Class): object | undefined {
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
