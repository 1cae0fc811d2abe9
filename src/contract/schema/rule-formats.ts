import type { JsonSchema } from './json-schema.js';

/** Rules for text that has a format in JSON Schema, which says nearly the same. Formats that say less are left out. */
const FORMATS: Readonly<Record<string, string>> = { isEmail: 'email', isUuid: 'uuid', isFqdn: 'hostname' };

/** Rules whose values are not always text. */
const OF_OTHER_TYPES: Readonly<Record<string, JsonSchema>> = {
  isNumber: { type: 'number' },
  isDivisibleBy: { type: 'number' },
  min: { type: 'number' },
  max: { type: 'number' },
  isLatitude: { type: ['number', 'string'] },
  isLongitude: { type: ['number', 'string'] },
  isNotEmptyObject: { type: 'object', minProperties: 1 },
  isObject: { type: 'object' },
  arrayUnique: { type: 'array' },
  arrayContains: { type: 'array' },
  arrayNotContains: { type: 'array' },
};

/** Rules that say nothing about the type of a value in JSON. */
const OF_ANY_TYPE = [
  'isIn',
  'isNotIn',
  'isEnum',
  'equals',
  'notEquals',
  'isDate',
  'minDate',
  'maxDate',
  'isInstance',
];

/** What JSON Schema can say of a rule that it cannot express: the type, and a format as a hint. */
export function ruleFormatOf(name: string): JsonSchema {
  const format = FORMATS[name];
  if (format !== undefined) return { type: 'string', format };
  return OF_OTHER_TYPES[name] ?? (OF_ANY_TYPE.includes(name) ? {} : { type: 'string' });
}
