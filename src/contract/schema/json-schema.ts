/** A JSON Schema of draft 07, on which the schemas of AsyncAPI 3.0 are based. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/** The extension (AsyncAPI 3.0, "Specification Extensions") for what the standard keywords cannot express. */
export const EXTENSION = 'x-ws-security';

export const NULL: JsonSchema = { type: 'null' };

/** A schema with a note for readers: a rule or a step that JSON Schema cannot express. */
export function noted(notes: Readonly<Record<string, unknown>>, schema: JsonSchema = {}): JsonSchema {
  return { ...schema, [EXTENSION]: notes };
}

/** A schema that accepts null too. */
export function nullable(schema: JsonSchema): JsonSchema {
  const { type, enum: values } = schema;
  if (Object.keys(schema).every((keyword) => keyword === EXTENSION)) return schema;
  if (typeof type !== 'string' || 'allOf' in schema || 'const' in schema) return { anyOf: [schema, NULL] };
  return {
    ...schema,
    type: type === 'null' ? type : [type, 'null'],
    ...(Array.isArray(values) && { enum: [...(values as unknown[]), null] }),
  };
}

/** A value that a document can contain, and that is compared by value. */
export function isScalar(value: unknown): value is string | number | boolean | null {
  return value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}
