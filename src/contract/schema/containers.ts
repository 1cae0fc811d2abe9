import { combined } from './combined.js';
import type { JsonSchema } from './json-schema.js';
import type { SchemaUse } from './schema-use.interface.js';

/** Names that the module refuses in every object. */
const REFUSED_NAMES: JsonSchema = { not: { enum: ['__proto__', 'constructor', 'prototype'] } };

/** A list of such items; one that clients send is bounded. */
export function listOf(items: JsonSchema, { isInput, maxArrayLength }: SchemaUse): JsonSchema {
  const list = { type: 'array', ...(Object.keys(items).length > 0 && { items }) };
  return isInput ? { ...list, maxItems: maxArrayLength } : list;
}

/** An object with any names. */
export function recordOf(values: JsonSchema, { isInput }: SchemaUse): JsonSchema {
  const record = { type: 'object', ...(Object.keys(values).length > 0 && { additionalProperties: values }) };
  return isInput ? combined([record, { propertyNames: REFUSED_NAMES }]) : record;
}
