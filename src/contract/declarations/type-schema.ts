import type { ParameterSchema } from '../../nest/parameter-schema.js';
import { type Class, hasRules } from '../../validation/class-rules.js';
import { listOf } from '../schema/containers.js';
import { type JsonSchema, noted, NULL } from '../schema/json-schema.js';
import type { SchemaComponents } from '../schema/schema-components.js';
import type { ContractType } from './contract-type.js';

const PRIMITIVES = new Map<unknown, JsonSchema>([
  [null, NULL],
  [String, { type: 'string' }],
  [Number, { type: 'number' }],
  [Boolean, { type: 'boolean' }],
  [Date, { type: 'string', format: 'date-time' }],
]);

/** The schema of a declared type that clients receive. @param name for a schema of a library, which has none */
export function schemaOfType(type: ContractType, name: string, components: SchemaComponents): JsonSchema {
  const primitive = PRIMITIVES.get(type);
  if (primitive) return primitive;
  if (isList(type)) return listOf(schemaOfType(type[0], name, components), components.output);
  if (isSchema(type)) return components.ofLibrary(type, name, components.output);
  if (hasRules(type)) return components.output.refOf(type);
  const { name: undeclared = 'the type' } = (type ?? {}) as Partial<Class>;
  return noted({ undeclared: `${undeclared} has no rules of class-validator` });
}

export const isSchema = (type: unknown): type is ParameterSchema =>
  ((typeof type === 'object' && type !== null) || typeof type === 'function') && '~standard' in type;

const isList = (type: ContractType): type is readonly [ContractType] => Array.isArray(type);
