import type { GatewayHandler } from '../../gateway/gateway-explorer.js';
import { type BodyParameter, bodyParametersOf } from '../../nest/body-parameter.js';
import { type Class, hasRules } from '../../validation/class-rules.js';
import { UNVALIDATED_BODY } from '../../validation/unvalidated-body.decorator.js';
import { isSchema } from '../declarations/type-schema.js';
import { combined } from '../schema/combined.js';
import { initialValuesOf } from '../schema/initial-values.js';
import { type JsonSchema, noted, nullable } from '../schema/json-schema.js';
import type { SchemaComponents } from '../schema/schema-components.js';
import { nameOfEvent } from './event-names.js';

/** The `data` of a request. */
export interface RequestBody {
  readonly schema: JsonSchema;
  /** Whether a message without data is refused. */
  readonly isNeeded: boolean;
}

/** The body that a handler takes, as far as its parameters tell. */
export function requestBodyOf(
  gateway: object,
  { event, method, callback }: GatewayHandler,
  components: SchemaComponents,
): RequestBody {
  const name = `${nameOfEvent(String(event))}Body`;
  const isUnvalidated = Reflect.getMetadata(UNVALIDATED_BODY, callback) !== undefined;
  const parameters = bodyParametersOf(gateway, method);
  const whole = parameters.filter(({ data }) => data === undefined);
  const parts = parameters.filter(({ data }) => data !== undefined);
  if (parameters.length === 0) return { schema: noted({ ignored: true }), isNeeded: false };
  const schemas = whole.map((parameter) => schemaOf(parameter, name, components));
  if (parts.length > 0) schemas.push(partsSchema(parts, name, components));
  const schema = combined(schemas.length > 1 ? [{ allOf: schemas }] : schemas);
  return {
    schema: isUnvalidated ? beside(schema, { unvalidated: true }) : schema,
    isNeeded: whole.some((parameter) => isNeeded(parameter)),
  };
}

/** Other properties of the body are not read. */
function partsSchema(
  parts: readonly BodyParameter[],
  name: string,
  components: SchemaComponents,
): JsonSchema {
  const properties = parts.map((part) => {
    const own = `${name}${nameOfEvent(part.data ?? '')}`;
    return [part.data ?? '', schemaOf(part, own, components)] as const;
  });
  return { type: 'object', properties: Object.fromEntries(properties) };
}

function schemaOf(parameter: BodyParameter, name: string, components: SchemaComponents): JsonSchema {
  const { schema, metatype, pipes = [] } = parameter;
  const own = isSchema(schema)
    ? components.ofLibrary(schema, name, components.input)
    : hasRules(metatype)
      ? classBody(parameter, components)
      : {};
  const names = pipes.map(pipeName);
  return names.length === 0 ? own : beside(own, { pipes: names });
}

/** Nest validates an empty object instead of a body that was not sent, or is null. */
function classBody(parameter: BodyParameter, { input }: SchemaComponents): JsonSchema {
  const schema = input.refOf(parameter.metatype as Class);
  return isNeeded(parameter) ? schema : nullable(schema);
}

function beside(schema: JsonSchema, notes: Readonly<Record<string, unknown>>): JsonSchema {
  return noted(notes, Object.keys(schema).length === 0 ? {} : { allOf: [schema] });
}

function pipeName(pipe: unknown): string {
  return typeof pipe === 'function' ? pipe.name : ((pipe as object | null)?.constructor.name ?? String(pipe));
}

/** Whether validation refuses a body that was not sent. A schema may have a default for it. */
function isNeeded({ schema, metatype }: BodyParameter): boolean {
  if (!isSchema(schema)) return hasRules(metatype) && initialValuesOf(metatype).required.size > 0;
  try {
    const verdict = schema['~standard'].validate(undefined);
    if (!(verdict instanceof Promise)) return verdict.issues !== undefined;
    verdict.catch(() => undefined);
  } catch {
    // A check of the application needs a value.
  }
  return true;
}
