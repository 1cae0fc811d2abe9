import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import { EXTENSION, type JsonSchema } from '../../../src/contract/schema/json-schema.js';
import { SchemaComponents } from '../../../src/contract/schema/schema-components.js';
import type { Class } from '../../../src/validation/class-rules.js';

/** The schema that a contract has for the bodies of a class, as a whole. */
export function bodySchemaOf(type: Class): JsonSchema {
  const components = new SchemaComponents(256);
  const body = components.input.refOf(type);
  return { ...body, components: { schemas: components.all() } };
}

/**
 * One for all schemas: the first thing that each one compiles is the schema of schemas. To optimize what it compiles
 * takes longer than to run it.
 */
const ajv = new Ajv({ strict: false, allErrors: false, code: { optimize: false } });
(formats as unknown as (ajv: Ajv) => void)(ajv);

export function compile(schema: JsonSchema): ValidateFunction {
  const accepts = ajv.compile(schema);
  ajv.removeSchema(schema);
  return accepts;
}

/** Whether JSON Schema says everything about the bodies of a class. */
export function isExact(schema: JsonSchema): boolean {
  return !JSON.stringify(schema).includes(EXTENSION);
}
