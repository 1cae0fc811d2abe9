import { allowedCharacters } from '../../validation/characters.js';
import type { Class, PropertyRules } from '../../validation/class-rules.js';
import { isDeclaredList } from '../../validation/overlooked-errors.js';
import { combined } from './combined.js';
import { listOf, recordOf } from './containers.js';
import type { JsonSchema } from './json-schema.js';
import { schemaOfRules } from './leaf-schema.js';
import type { SchemaUse } from './schema-use.interface.js';
import { withoutRefused } from './text.js';

const DATE: JsonSchema = { type: 'string', format: 'date-time' };

/** The schema of a property that is not an object of a DTO class, or of a list of such values. */
export function leafSchema(type: Class, property: PropertyRules, use: SchemaUse): JsonSchema {
  const { name, designType, types, rules } = property;
  const allowed = use.isInput ? allowedCharacters(type.prototype as object, name) : undefined;
  const text = (schema: JsonSchema): JsonSchema => (allowed ? withoutRefused(schema, allowed) : schema);
  const isDate = types[0] === (Date as unknown) || (designType === Date && !use.isInput);
  const whole = isDate ? combined([DATE, schemaOfRules(property, false)]) : schemaOfRules(property, false);
  const hasItemRules = rules.some(({ each }) => each);
  const items = text(schemaOfRules(property, true));
  if (designType === Map)
    // Without `@Type()`, a map stays a plain object, which class-validator does not look into.
    return combined(types[0] ? [whole, recordOf(items, use)] : [whole, items, recordOf({}, use)]);
  if (isDeclaredList(designType) || whole['type'] === 'array') return combined([whole, listOf(items, use)]);
  if (!hasItemRules) return whole['type'] === 'object' ? combined([whole, recordOf({}, use)]) : text(whole);
  // Without a declared list, class-validator checks a single value as it checks elements.
  return combined([whole, { anyOf: [items, listOf(items, use)] }]);
}
