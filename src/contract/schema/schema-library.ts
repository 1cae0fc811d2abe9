import { z } from 'zod';
import type { ParameterSchema } from '../../nest/parameter-schema.js';
import { EXTENSION, type JsonSchema, noted } from './json-schema.js';

/**
 * Converts schemas of one library to JSON Schema of draft 07, as clients have to send the value.
 *
 * @publicApi
 */
export type ToJsonSchema = (schema: never) => object;

/** Converters by the `vendor` of https://standardschema.dev, for libraries without Standard JSON Schema. @publicApi */
export type SchemaConverters = Readonly<Record<string, ToJsonSchema>>;

/** The side of a schema: what clients send, or what they receive. */
type Side = 'input' | 'output';

/** https://standardschema.dev/json-schema, which zod from 4.2 on and ArkType have. */
interface StandardJsonSchema {
  readonly jsonSchema?: Readonly<Record<Side, (options: { target: 'draft-07' }) => JsonSchema>>;
}

/** Converts a schema of a library, and notes what gets lost. */
export function librarySchema(schema: ParameterSchema, side: Side, converters: SchemaConverters): JsonSchema {
  const { vendor } = schema['~standard'];
  const own = converters[vendor];
  try {
    if (own) return own(schema as never) as JsonSchema;
    if (vendor === 'zod' && '_zod' in schema) return zodSchema(schema as unknown as z.ZodType, side);
    const { jsonSchema } = schema['~standard'] as StandardJsonSchema;
    if (!jsonSchema) return unexpressed(vendor, 'has no JSON Schema; give WsContractModule a converter');
    return withLosses(schema, jsonSchema[side]({ target: 'draft-07' }));
  } catch {
    return unexpressed(vendor, 'cannot be expressed as JSON Schema');
  }
}

const unexpressed = (vendor: string, why: string): JsonSchema => noted({ schema: `${vendor}: ${why}` });

/** zod leaves out its custom checks without a word. */
function zodSchema(schema: z.ZodType, side: Side): JsonSchema {
  return z.toJSONSchema(schema, {
    io: side,
    target: 'draft-7',
    unrepresentable: 'any',
    override: ({ zodSchema: { _zod }, jsonSchema }) => {
      const { type, checks = [] } = _zod.def as ZodDefinition;
      const isCustom = checks.some(({ _zod: { def } }) => def.check === 'custom') || type === 'custom';
      if (isCustom) jsonSchema[EXTENSION] = { rules: [{ rule: 'custom' }] };
      else if (UNREPRESENTED.includes(type)) jsonSchema[EXTENSION] = { type };
    },
  });
}

interface ZodDefinition {
  readonly type: string;
  readonly checks?: readonly { readonly _zod: { readonly def: { readonly check: string } } }[];
}

const UNREPRESENTED = ['bigint', 'date', 'map', 'set', 'symbol', 'undefined', 'void', 'transform', 'nan'];

/** ArkType tells what cannot be expressed only to the function that is asked for another schema. */
function withLosses(schema: object, converted: JsonSchema): JsonSchema {
  if (!('toJsonSchema' in schema) || typeof schema.toJsonSchema !== 'function') return converted;
  const lost = new Set<string>();
  (schema as ArkType).toJsonSchema({
    fallback: ({ code, base }) => {
      lost.add(code);
      return base;
    },
  });
  return lost.size === 0
    ? converted
    : noted({ rules: [...lost].toSorted().map((rule) => ({ rule })) }, converted);
}

interface ArkType {
  toJsonSchema(options: { fallback: (lost: { code: string; base: object }) => object }): object;
}
