import type { FieldError } from '../protocol/envelope.js';
import { allowedCharacters, type CharacterKind, hasRefusedCharacters } from './characters.js';
import { type Class, type PropertyRules, rulesOf } from './class-rules.js';
import { unknownProperty } from './field-errors.js';

const COLLECTIONS: readonly unknown[] = [Array, Set, Map];
const NOT_NESTED: readonly unknown[] = [undefined, Object, ...COLLECTIONS];

/**
 * Errors that class-validator does not detect: integers that were rounded, a list instead of an object or the reverse,
 * missing nested objects, properties whose condition does not hold, and forbidden characters.
 *
 * @param body a valid instance of a DTO class, or the output of a schema
 */
export function overlookedErrors(body: unknown): FieldError[] {
  const errors: FieldError[] = [];
  check(body, '', [], errors);
  return errors;
}

function check(value: unknown, path: string, allowed: readonly CharacterKind[], errors: FieldError[]): void {
  if (typeof value === 'string') {
    if (hasRefusedCharacters(value, allowed)) errors.push(characterError(path));
  } else if (Array.isArray(value) || value instanceof Set) {
    [...(value as Iterable<unknown>)].forEach((item, at) =>
      check(item, join(path, String(at)), allowed, errors),
    );
  } else if (value instanceof Map) {
    for (const [name, item] of value) checkMember(String(name), item, path, allowed, errors);
  } else if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) {
    // Binary data is skipped: it has no text, but one member per byte.
    checkObject(value, path, allowed, errors);
  }
}

function checkObject(
  object: object,
  path: string,
  allowed: readonly CharacterKind[],
  errors: FieldError[],
): void {
  const type = object.constructor as Class | undefined;
  const properties = typeof type === 'function' ? rulesOf(type) : [];
  for (const property of properties) checkProperty(object as Record<string, unknown>, property, path, errors);
  const isDeclared = (name: string): boolean => properties.some((property) => property.name === name);
  for (const [name, value] of Object.entries(object)) {
    if (isDeclared(name)) check(value, join(path, name), allowedCharacters(object, name), errors);
    else checkMember(name, value, path, allowed, errors);
  }
}

/** The name of the member is input too. */
function checkMember(
  name: string,
  value: unknown,
  path: string,
  allowed: readonly CharacterKind[],
  errors: FieldError[],
): void {
  const here = join(path, name);
  if (hasRefusedCharacters(name, allowed)) errors.push(characterError(here));
  check(value, here, allowed, errors);
}

function checkProperty(
  object: Record<string, unknown>,
  property: PropertyRules,
  parent: string,
  errors: FieldError[],
): void {
  const { name, conditions } = property;
  const value = object[name];
  const path = join(parent, name);
  if (!conditions.every((holds) => holds(object, value))) {
    // All rules of the property were skipped, so its value has not been checked.
    if (value !== undefined && value !== null) errors.push(unknownProperty(path));
    return;
  }
  const constraint = brokenConstraint(property, value);
  if (constraint !== undefined) errors.push({ path, constraint, message: `${name} ${MESSAGES[constraint]}` });
}

const MESSAGES = {
  isDefined: 'should not be null or undefined',
  isArray: 'must be an array',
  isObject: 'must be an object',
  isInt: 'must be an integer number that can be represented exactly',
} as const;

function brokenConstraint(property: PropertyRules, value: unknown): keyof typeof MESSAGES | undefined {
  const { designType, isNested } = property;
  if (isNested && value === undefined) return 'isDefined';
  if (value !== undefined && value !== null) {
    if (isDeclaredList(designType) && !isList(value)) return 'isArray';
    if (designType === Map && !isMapLike(value)) return 'isObject';
  }
  if (isNested && !isNestedValue(value, designType)) return 'isObject';
  if (isInteger(property) && !isExact(value)) return 'isInt';
  return undefined;
}

export const isDeclaredList = (designType: unknown): boolean => designType === Array || designType === Set;

const isList = (value: unknown): boolean => Array.isArray(value) || value instanceof Set;

/** Without `@Type()`, a map stays a plain object. */
const isMapLike = (value: unknown): boolean => typeof value === 'object' && !isList(value);

/** class-validator accepts lists in lists, sets and maps, and a list instead of a single object. */
function isNestedValue(value: unknown, designType: unknown): boolean {
  if (!NOT_NESTED.includes(designType)) return !isCollection(value);
  return !isCollection(value) || ![...value.values()].some(isCollection);
}

const isCollection = (value: unknown): value is unknown[] | Set<unknown> | Map<unknown, unknown> =>
  COLLECTIONS.some((type) => value instanceof (type as typeof Array));

/** Whether a rule requires integers. */
export function isInteger({ rules }: PropertyRules): boolean {
  return rules.some(({ name, constraints }) => {
    if (name !== 'isNumber') return name === 'isInt';
    return (constraints?.[0] as { maxDecimalPlaces?: number } | undefined)?.maxDecimalPlaces === 0;
  });
}

/** Integers beyond 2^53 are rounded when they are parsed (RFC 8259 §6). */
function isExact(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isExact);
  if (value instanceof Set || value instanceof Map) return [...value.values()].every(isExact);
  return typeof value !== 'number' || Number.isSafeInteger(value);
}

const characterError = (path: string): FieldError => ({
  path: path === '' ? 'body' : path,
  constraint: 'characters',
  message: 'must not have control characters or characters that change the direction of text',
});

const join = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);
