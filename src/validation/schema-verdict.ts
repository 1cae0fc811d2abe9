import type { ArgumentMetadata } from '@nestjs/common';

export type Schema = NonNullable<ArgumentMetadata['schema']>;
type Verdict = Awaited<ReturnType<Schema['~standard']['validate']>>;

/** The method of a zod schema that is used. */
interface ZodSchema {
  safeParseAsync(
    value: unknown,
  ): Promise<{ success: true; data: unknown } | { success: false; error: { issues: Verdict['issues'] } }>;
}

/**
 * Validates a value with a schema. With the standard interface, zod runs asynchronous checks twice and ignores the
 * promises of the first run, so that a rejection would end the process.
 */
export function verdictOf(schema: Schema, value: unknown): Verdict | Promise<Verdict> {
  return isZod(schema) ? zodVerdict(schema, value) : schema['~standard'].validate(value);
}

async function zodVerdict(schema: ZodSchema, value: unknown): Promise<Verdict> {
  const result = await schema.safeParseAsync(value);
  return result.success ? { value: result.data } : { issues: result.error.issues ?? [] };
}

function isZod(schema: Schema): schema is Schema & ZodSchema {
  return (
    schema['~standard'].vendor === 'zod' &&
    typeof (schema as Partial<ZodSchema>).safeParseAsync === 'function'
  );
}
