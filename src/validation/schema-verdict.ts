import type { ParameterSchema, SchemaIssue, SchemaVerdict } from '../nest/parameter-schema.js';

/** The method of a zod schema that is used. */
interface ZodSchema {
  safeParseAsync(
    value: unknown,
  ): Promise<
    { success: true; data: unknown } | { success: false; error: { issues?: readonly SchemaIssue[] } }
  >;
}

/**
 * Validates a value with a schema. With the standard interface, zod runs asynchronous checks twice and ignores the
 * promises of the first run, so that a rejection would end the process.
 */
export function verdictOf(schema: ParameterSchema, value: unknown): SchemaVerdict | Promise<SchemaVerdict> {
  return isZod(schema) ? zodVerdict(schema, value) : schema['~standard'].validate(value);
}

async function zodVerdict(schema: ZodSchema, value: unknown): Promise<SchemaVerdict> {
  const result = await schema.safeParseAsync(value);
  return result.success ? { value: result.data } : { issues: result.error.issues ?? [] };
}

function isZod(schema: ParameterSchema): schema is ParameterSchema & ZodSchema {
  return (
    schema['~standard'].vendor === 'zod' &&
    typeof (schema as Partial<ZodSchema>).safeParseAsync === 'function'
  );
}
