import { type Class, rulesOf } from '../../validation/class-rules.js';
import { initialValuesOf } from './initial-values.js';
import { type JsonSchema, noted } from './json-schema.js';
import { propertySchema } from './property-schema.js';
import type { AddedProperty, SchemaUse } from './schema-use.interface.js';
import { wireNameOf } from './wire-names.js';

/**
 * The schema of the objects of a class with rules.
 *
 * @param added a property that tells the sub-types of a union apart
 */
export function classSchema(type: Class, use: SchemaUse, added?: AddedProperty): JsonSchema {
  const { required, defaults } = initialValuesOf(type);
  const properties = new Map<string, JsonSchema>();
  const needed = new Set<string>();
  for (const property of rulesOf(type)) {
    const { name, conditions } = property;
    const wireName = use.isInput ? wireNameOf(type, name) : name;
    if (wireName === undefined) continue;
    const schema = propertySchema(type, property, use);
    const fallback = use.isInput ? defaults.get(name) : undefined;
    properties.set(wireName, fallback === undefined ? schema : withDefault(schema, fallback));
    if (use.isInput ? required.has(name) : conditions.length === 0) needed.add(wireName);
  }
  if (added) {
    properties.set(added.name, added.schema);
    needed.add(added.name);
  }
  const schema: JsonSchema = {
    type: 'object',
    properties: Object.fromEntries([...properties].toSorted(([one], [other]) => (one < other ? -1 : 1))),
    required: [...needed].toSorted(),
    // Unknown properties are refused. What clients receive may have more properties later.
    ...(use.isInput && { additionalProperties: false }),
  };
  return properties.size > 0
    ? schema
    : noted({ undeclared: `the properties of ${type.name}` }, { type: 'object' });
}

function withDefault(schema: JsonSchema, value: unknown): JsonSchema {
  return '$ref' in schema ? schema : { ...schema, default: value };
}
