import type { FieldError } from '../protocol/envelope.js';
import { type Class, rulesOf } from './class-rules.js';
import { unknownProperty } from './field-errors.js';

/** Members that a schema dropped. Unknown members are refused instead. */
export function droppedBySchema(given: unknown, taken: unknown): FieldError[] {
  return dropped(given, taken, '', bySchema);
}

/**
 * Members that class-transformer dropped because every instance has a member of that name, such as `toString`, a
 * method, or `size` of a map. class-validator never sees them. Members that were dropped because of a decorator such as
 * `@Expose()` are fine.
 */
export function droppedByClass(given: unknown, taken: unknown): FieldError[] {
  return dropped(given, taken, '', byClass);
}

interface Dropping {
  isDropped: (object: object, name: string) => boolean;
  /** Types whose members are not compared. */
  readonly opaque: readonly (abstract new (...args: never[]) => object)[];
}

const bySchema: Dropping = {
  isDropped: (object, name) => !Object.hasOwn(object, name),
  opaque: [Date, Map, Set],
};

const byClass: Dropping = {
  isDropped: (object, name) =>
    object instanceof Map
      ? !object.has(name)
      : !Object.hasOwn(object, name) &&
        name in object &&
        !rulesOf(object.constructor as Class).some((property) => property.name === name),
  opaque: [Date],
};

function dropped(given: unknown, made: unknown, path: string, dropping: Dropping): FieldError[] {
  if (!isObject(given) || !isObject(made) || dropping.opaque.some((type) => made instanceof type)) return [];
  const taken = made instanceof Set ? ([...made] as unknown as Record<string, unknown>) : made;
  if (Array.isArray(given) !== Array.isArray(taken)) return [];
  return Object.entries(given).flatMap(([name, value]) => {
    const here = path === '' ? name : `${path}.${name}`;
    if (dropping.isDropped(taken, name)) return [unknownProperty(here)];
    return dropped(value, taken instanceof Map ? taken.get(name) : taken[name], here, dropping);
  });
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
