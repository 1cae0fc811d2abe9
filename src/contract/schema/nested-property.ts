import type { Class, PropertyRules } from '../../validation/class-rules.js';
import { isDeclaredList } from '../../validation/overlooked-errors.js';
import { combined } from './combined.js';
import { listOf, recordOf } from './containers.js';
import { discriminatorOf, unionOf } from './discriminated-union.js';
import { type JsonSchema, noted } from './json-schema.js';
import { schemaOfRules } from './leaf-schema.js';
import type { SchemaUse } from './schema-use.interface.js';

const OPEN_TYPES: readonly unknown[] = [undefined, Object];

/** The schema of a property that is an object of a DTO class, or of a list of such objects. */
export function nestedSchema(type: Class, property: PropertyRules, use: SchemaUse): JsonSchema {
  const { designType } = property;
  const item = itemSchema(type, property, use);
  const rules = schemaOfRules(property, false);
  if (designType === Map) return combined([rules, recordOf(item, use)]);
  if (isDeclaredList(designType)) return combined([rules, listOf(item, use)]);
  // The rules of an object say nothing that the schema of its class does not.
  if (!OPEN_TYPES.includes(designType)) return withRules(item, rules);
  if (rules['type'] === 'array') return combined([rules, listOf(item, use)]);
  return combined([rules, { anyOf: [item, listOf(item, use)] }]);
}

function itemSchema(type: Class, property: PropertyRules, use: SchemaUse): JsonSchema {
  const [only, ...others] = property.types;
  const discriminator = discriminatorOf(type, property.name);
  if (discriminator) return unionOf(discriminator, use);
  if (only && others.length === 0) return use.refOf(only);
  return noted({ type: 'depends on the value' });
}

/** In draft 07, keywords beside a reference are ignored. */
function withRules(item: JsonSchema, { type, ...rules }: JsonSchema): JsonSchema {
  const isObject = type === undefined || type === 'object';
  const further = isObject ? rules : { type, ...rules };
  return Object.keys(further).length === 0 ? item : { allOf: [item, further] };
}
