import * as common from '@nestjs/common';
import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';

/** An issue of a Standard Schema; `code` is set by zod, `type` by valibot. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
  readonly code?: unknown;
  readonly type?: unknown;
  readonly keys?: unknown;
}

/** What a schema says about a value. */
export type SchemaVerdict =
  { readonly value: unknown; readonly issues?: undefined } | { readonly issues: readonly SchemaIssue[] };

/** A schema of https://standardschema.dev. */
export interface ParameterSchema {
  readonly '~standard': {
    readonly vendor: string;
    validate(value: unknown): SchemaVerdict | Promise<SchemaVerdict>;
  };
}

const { StandardSchemaValidationPipe } = common as {
  StandardSchemaValidationPipe?: abstract new (...args: never[]) => PipeTransform;
};

/** Pipes of Nest that validate a value only if its parameter has a schema. Nest 11 has none. */
export const SCHEMA_PIPES = StandardSchemaValidationPipe ? [StandardSchemaValidationPipe] : [];

/** Whether this version of Nest knows `@MessageBody({ schema })`. Nest 11 takes the schema for a pipe and drops it. */
export const KNOWS_SCHEMAS = StandardSchemaValidationPipe !== undefined;

/** The schema of a parameter. */
export function schemaOf(metadata: ArgumentMetadata): ParameterSchema | undefined {
  return (metadata as { schema?: ParameterSchema }).schema;
}
