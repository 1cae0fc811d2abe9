import type { Class, PropertyRules } from '../../validation/class-rules.js';
import { isConditional } from './conditions.js';
import { conversionsOf } from './conversions.js';
import { EXTENSION, type JsonSchema, noted, nullable } from './json-schema.js';
import { leafSchema } from './leaf-property.js';
import { nestedSchema } from './nested-property.js';
import type { SchemaUse } from './schema-use.interface.js';

/** The schema of one property of a class. */
export function propertySchema(type: Class, property: PropertyRules, use: SchemaUse): JsonSchema {
  const schema = property.isNested ? nestedSchema(type, property, use) : leafSchema(type, property, use);
  const open = property.conditions.length > 0 ? nullable(schema) : schema;
  const { transformed, ...conversions } = use.isInput ? conversionsOf(type, property) : {};
  const notes = { ...conversions, ...(isConditional(property) && { conditional: true }) };
  // The rules say nothing about the value that is sent.
  return transformed ? noted({ transformed, ...notes, afterwards: open }) : withNotes(open, notes);
}

function withNotes(schema: JsonSchema, notes: Readonly<Record<string, unknown>>): JsonSchema {
  if (Object.keys(notes).length === 0) return schema;
  // In draft 07, keywords beside a reference are ignored.
  if ('$ref' in schema) return noted(notes, { allOf: [schema] });
  return noted({ ...(schema[EXTENSION] as object | undefined), ...notes }, schema);
}
