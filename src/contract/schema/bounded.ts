import { withoutRefused } from './text.js';
import { listOf, recordOf } from './containers.js';
import { combined } from './combined.js';
import type { JsonSchema } from './json-schema.js';
import type { SchemaUse } from './schema-use.interface.js';

/** Libraries whose objects drop unknown properties. The module refuses what a schema drops. */
const DROPPING = ['zod', 'valibot'];

/** Keywords with one schema, with a list of schemas, and with schemas by name. */
const ONE = ['items', 'additionalProperties', 'contains', 'additionalItems'];
const SEVERAL = ['anyOf', 'oneOf', 'items'];
const NAMED = ['properties', 'definitions', '$defs'];

/** Adds the bounds of the module to a converted schema that clients send. */
export function bounded(schema: JsonSchema, vendor: string, use: SchemaUse): JsonSchema {
  const walked: Record<string, unknown> = { ...schema };
  for (const keyword of ONE)
    if (isSchema(walked[keyword])) walked[keyword] = bounded(walked[keyword], vendor, use);
  for (const keyword of SEVERAL)
    if (Array.isArray(walked[keyword]))
      walked[keyword] = (walked[keyword] as unknown[]).map((one) =>
        isSchema(one) ? bounded(one, vendor, use) : one,
      );
  for (const keyword of NAMED)
    if (isSchema(walked[keyword]))
      walked[keyword] = Object.fromEntries(
        Object.entries(walked[keyword]).map(([name, one]) => [name, bounded(one as JsonSchema, vendor, use)]),
      );
  if (walked['type'] === 'array') return combined([walked, listOf({}, use)]);
  if (walked['type'] === 'object') return objectOf(walked, vendor, use);
  return walked['type'] === undefined ? walked : withoutRefused(walked, []);
}

function objectOf(schema: JsonSchema, vendor: string, use: SchemaUse): JsonSchema {
  if (schema['additionalProperties'] === false) return schema;
  if ('properties' in schema && !('additionalProperties' in schema) && DROPPING.includes(vendor))
    return { ...schema, additionalProperties: false };
  return combined([schema, recordOf({}, use)]);
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
