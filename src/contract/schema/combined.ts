import { isDeepStrictEqual } from 'node:util';
import { EXTENSION, type JsonSchema } from './json-schema.js';

const HIGHEST = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'];
const LOWEST = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'];

/** One schema for values that satisfy all schemas. Contradictions are kept, in `allOf`. */
export function combined(schemas: readonly JsonSchema[]): JsonSchema {
  let all: JsonSchema = {};
  for (const schema of schemas) all = both(all, schema);
  return all;
}

function both(one: JsonSchema, other: JsonSchema): JsonSchema {
  const together: Record<string, unknown> = { ...one };
  const further: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(other)) {
    const known = together[keyword];
    const joined = known === undefined ? value : join(keyword, known, value);
    if (joined === undefined) further[keyword] = value;
    else together[keyword] = joined;
  }
  if (Object.keys(further).length > 0)
    together['allOf'] = [...((together['allOf'] as JsonSchema[] | undefined) ?? []), further];
  return together;
}

/** @returns undefined if one keyword cannot say both */
function join(keyword: string, one: unknown, other: unknown): unknown {
  if (isDeepStrictEqual(one, other)) return one;
  if (keyword === 'allOf') return [...(one as JsonSchema[]), ...(other as JsonSchema[])];
  if (keyword === 'type') return stricterType(one, other);
  if (HIGHEST.includes(keyword)) return Math.max(one as number, other as number);
  if (LOWEST.includes(keyword)) return Math.min(one as number, other as number);
  return keyword === EXTENSION ? joinNotes(one as Notes, other as Notes) : undefined;
}

function stricterType(one: unknown, other: unknown): unknown {
  return [one, other].every((type) => type === 'integer' || type === 'number') ? 'integer' : undefined;
}

type Notes = Readonly<Record<string, unknown>>;

function joinNotes(one: Notes, other: Notes): Notes {
  const notes: Record<string, unknown> = { ...one };
  for (const [name, value] of Object.entries(other)) {
    const known = notes[name];
    notes[name] = Array.isArray(known) && Array.isArray(value) ? ([...known, ...value] as unknown[]) : value;
  }
  return notes;
}
