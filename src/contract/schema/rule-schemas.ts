import { types } from 'node:util';
import { isScalar, type JsonSchema } from './json-schema.js';
import { ruleFormatOf } from './rule-formats.js';

const STRING: JsonSchema = { type: 'string' };
const NUMBER: JsonSchema = { type: 'number' };
const ARRAY: JsonSchema = { type: 'array' };
/** Larger integers are rounded when they are parsed, and refused (RFC 8259 §6). */
const INTEGER: JsonSchema = {
  type: 'integer',
  minimum: Number.MIN_SAFE_INTEGER,
  maximum: Number.MAX_SAFE_INTEGER,
};

/** The arguments of a rule's decorator. */
type Arguments = readonly unknown[];

/** What a rule says of a value; undefined if JSON Schema cannot say all of it. */
type ToSchema = (args: Arguments) => JsonSchema | undefined;

const numeric = (keyword: string, schema: JsonSchema): ToSchema => {
  return ([bound]) => (typeof bound === 'number' ? { ...schema, [keyword]: bound } : undefined);
};

/** The rules of class-validator that JSON Schema can express exactly. */
const RULES: Readonly<Record<string, ToSchema>> = {
  isString: () => STRING,
  isBoolean: () => ({ type: 'boolean' }),
  isInt: () => INTEGER,
  isNumber: ([options]) => numberSchema(options),
  isArray: () => ARRAY,
  isObject: () => ({ type: 'object' }),
  isNotEmptyObject: ([options]) => (options === undefined ? { type: 'object', minProperties: 1 } : undefined),
  min: numeric('minimum', NUMBER),
  max: numeric('maximum', NUMBER),
  isPositive: () => ({ ...NUMBER, exclusiveMinimum: 0 }),
  isNegative: () => ({ ...NUMBER, exclusiveMaximum: 0 }),
  isDivisibleBy: ([by]) =>
    Number.isInteger(by) && by !== 0 ? { ...NUMBER, multipleOf: Math.abs(by as number) } : undefined,
  minLength: numeric('minLength', STRING),
  maxLength: numeric('maxLength', STRING),
  isLength: ([min, max]) => ({ ...STRING, ...bounds('Length', min, max) }),
  matches: ([pattern, flags]) => patternSchema(pattern, flags),
  contains: ([part]) => (typeof part === 'string' ? { ...STRING, pattern: quoted(part) } : undefined),
  notContains: ([part]) =>
    typeof part === 'string' ? { ...STRING, not: { pattern: quoted(part) } } : undefined,
  isIn: ([values]) => listOf(values, (items) => ({ enum: items })),
  isNotIn: ([values]) => listOf(values, (items) => ({ not: { enum: items } })),
  // The second argument lists the values without the names that numeric enums contain too.
  isEnum: ([, values]) => listOf(values, (items) => ({ enum: items })),
  equals: ([value]) => (isScalar(value) ? { const: value } : undefined),
  notEquals: ([value]) => (isScalar(value) ? { not: { const: value } } : undefined),
  isEmpty: () => ({ enum: ['', null] }),
  arrayMinSize: numeric('minItems', ARRAY),
  arrayMaxSize: numeric('maxItems', ARRAY),
  arrayNotEmpty: () => ({ ...ARRAY, minItems: 1 }),
  arrayUnique: ([identifier]) => (identifier === undefined ? { ...ARRAY, uniqueItems: true } : undefined),
  arrayContains: ([values]) =>
    listOf(values, (items) => ({ ...ARRAY, allOf: items.map((item) => ({ contains: { const: item } })) })),
  arrayNotContains: ([values]) =>
    listOf(values, (items) => ({ ...ARRAY, not: { contains: { enum: items } } })),
  isBooleanString: () => ({ ...STRING, enum: ['true', 'false', '1', '0'] }),
  isMongoId: () => ({ ...STRING, pattern: '^[0-9a-fA-F]{24}$' }),
  isAlpha: ([locale]) => (isEnglish(locale) ? { ...STRING, pattern: '^[A-Za-z]+$' } : undefined),
  isAlphanumeric: ([locale]) => (isEnglish(locale) ? { ...STRING, pattern: '^[0-9A-Za-z]+$' } : undefined),
};

/** What JSON Schema can say of a rule. */
export interface RuleSchema {
  readonly schema: JsonSchema;
  /** Whether values that satisfy the schema also satisfy the rule. */
  readonly isExact: boolean;
}

/** @param name the name of a built-in rule of class-validator */
export function ruleSchemaOf(name: string, args: Arguments): RuleSchema {
  const exact = RULES[name]?.(args);
  return exact ? { schema: exact, isExact: true } : { schema: ruleFormatOf(name), isExact: false };
}

function numberSchema(options: unknown): JsonSchema | undefined {
  const { maxDecimalPlaces } = (options ?? {}) as { maxDecimalPlaces?: number };
  if (maxDecimalPlaces === 0) return INTEGER;
  return maxDecimalPlaces === undefined ? NUMBER : undefined;
}

/**
 * Only flags that do not change which texts match. A pattern of JSON Schema is read as with the flag `u`, under which
 * some patterns are invalid.
 */
function patternSchema(given: unknown, modifiers: unknown): JsonSchema | undefined {
  const [source, flags] = types.isRegExp(given) ? [given.source, given.flags] : [given, modifiers ?? ''];
  if (typeof source !== 'string' || typeof flags !== 'string' || !/^[dgu]*$/.test(flags)) return undefined;
  try {
    return { ...STRING, pattern: new RegExp(source, 'u').source };
  } catch {
    return undefined;
  }
}

function bounds(of: 'Length', min: unknown, max: unknown): JsonSchema {
  return {
    ...(typeof min === 'number' && { [`min${of}`]: min }),
    ...(typeof max === 'number' && { [`max${of}`]: max }),
  };
}

function listOf(values: unknown, use: (items: unknown[]) => JsonSchema): JsonSchema | undefined {
  return Array.isArray(values) && values.length > 0 && values.every(isScalar)
    ? use([...new Set<unknown>(values)])
    : undefined;
}

const isEnglish = (locale: unknown): boolean => locale === undefined || locale === 'en-US';

const quoted = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
