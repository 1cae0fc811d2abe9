import type { FieldError } from '../protocol/envelope.js';
import { type Class, rulesOf } from './class-rules.js';
import { unknownProperty } from './field-errors.js';

/** Members that a schema left out without a word: unknown ones are refused, not dropped. */
export function droppedBySchema(given: unknown, taken: unknown): FieldError[] {
  return dropped(given, taken, '', (object, name) => !Object.hasOwn(object, name));
}

/**
 * Members that class-transformer left out because every instance has something of that name, as `toString` or a
 * method; class-validator never sees them. What it left out for a decorator, as `@Expose()`, it was told to.
 */
export function droppedByClass(given: unknown, taken: unknown): FieldError[] {
  return dropped(
    given,
    taken,
    '',
    (object, name) =>
      !Object.hasOwn(object, name) &&
      name in object &&
      !rulesOf(object.constructor as Class).some((property) => property.name === name),
  );
}

function dropped(
  given: unknown,
  taken: unknown,
  path: string,
  isDropped: (object: object, name: string) => boolean,
): FieldError[] {
  if (!isObject(given) || !isObject(taken) || Array.isArray(given) !== Array.isArray(taken)) return [];
  return Object.entries(given).flatMap(([name, value]) => {
    const here = path === '' ? name : `${path}.${name}`;
    return isDropped(taken, name) ? [unknownProperty(here)] : dropped(value, taken[name], here, isDropped);
  });
}

/** What was made into something else, as a date, is not looked into. */
function isObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  return ![Date, Map, Set].some((type) => value instanceof type);
}
