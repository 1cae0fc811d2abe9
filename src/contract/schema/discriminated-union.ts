import { defaultMetadataStorage as storage } from 'class-transformer/cjs/storage.js';
import { type Class, hasRules } from '../../validation/class-rules.js';
import { combined } from './combined.js';
import type { JsonSchema } from './json-schema.js';
import type { SchemaUse } from './schema-use.interface.js';

/** The sub-types of a property of class-transformer's `@Type()`. */
export interface Discriminator {
  readonly property: string;
  readonly subTypes: readonly { readonly name: string; readonly value: Class }[];
  /** Class for objects that name no sub-type; undefined if they are refused. */
  readonly fallback: Class | undefined;
}

export function discriminatorOf(type: Class, name: string): Discriminator | undefined {
  const found = storage.findTypeMetadata(type, name);
  const discriminator = found?.options?.discriminator;
  if (!found || !discriminator) return undefined;
  const fallback: unknown = found.typeFunction();
  return {
    property: discriminator.property,
    subTypes: discriminator.subTypes as unknown as Discriminator['subTypes'],
    fallback: hasRules(fallback) ? fallback : undefined,
  };
}

/** A schema that tells the sub-types apart by the value of one property. */
export function unionOf({ property, subTypes, fallback }: Discriminator, use: SchemaUse): JsonSchema {
  const schemas = subTypes.map(({ name, value }) =>
    use.objectOf(value, { name: property, schema: { type: 'string', const: name } }),
  );
  const names = subTypes.map(({ name }) => name);
  const other = fallback && use.objectOf(fallback, { name: property, schema: { not: { enum: names } } });
  return other ? { oneOf: [...schemas, optional(other, property)] } : { oneOf: schemas };
}

function optional(schema: JsonSchema, property: string): JsonSchema {
  const required = (schema['required'] as string[]).filter((name) => name !== property);
  return combined([{ ...schema, required }]);
}
