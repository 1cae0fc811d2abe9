import type { JsonSchema } from './json-schema.js';

type Rename = (name: string) => string;

/**
 * Splits a schema from its definitions, which become components of the document.
 *
 * @param nameOf the component of a definition; '' is the schema itself
 */
export function hoisted(
  schema: JsonSchema,
  nameOf: Rename,
): { readonly root: JsonSchema; readonly definitions: ReadonlyMap<string, JsonSchema> } {
  const { $schema: _dialect, definitions = {}, $defs = {}, ...root } = schema;
  const all = { ...(definitions as Record<string, JsonSchema>), ...($defs as Record<string, JsonSchema>) };
  const moved = (one: JsonSchema): JsonSchema => moveReferences(one, nameOf) as JsonSchema;
  return {
    root: moved(root),
    definitions: new Map(Object.entries(all).map(([name, one]) => [nameOf(name), moved(one)])),
  };
}

const REFERENCE = /^#(?:\/(?:definitions|\$defs)\/(.+))?$/;

function moveReferences(value: unknown, nameOf: Rename): unknown {
  if (Array.isArray(value)) return value.map((item) => moveReferences(item, nameOf));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([keyword, item]: [string, unknown]) => {
      const found = keyword === '$ref' && typeof item === 'string' ? REFERENCE.exec(item) : null;
      if (!found) return [keyword, moveReferences(item, nameOf)];
      return [keyword, `#/components/schemas/${nameOf(decodeURIComponent(found[1] ?? ''))}`];
    }),
  );
}
