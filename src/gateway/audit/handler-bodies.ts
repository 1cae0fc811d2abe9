import { DefaultValuePipe, ParseArrayPipe, type PipeTransform, ValidationPipe } from '@nestjs/common';
import type { ConfigurationProblem } from '../../errors/configuration.error.js';
import { type BodyParameter, bodyParametersOf } from '../../nest/body-parameter.js';
import { KNOWS_SCHEMAS, SCHEMA_PIPES } from '../../nest/parameter-schema.js';
import { uncheckedProperties } from '../../validation/class-audit.js';
import { hasRules } from '../../validation/class-rules.js';
import { UNVALIDATED_BODY } from '../../validation/unvalidated-body.decorator.js';
import type { DiscoveredGateway, GatewayHandler } from '../gateway-explorer.js';

/** Pipes that validate a value only if it has a class or schema. */
const PIPES_WITHOUT_RULES = [ValidationPipe, ...SCHEMA_PIPES, DefaultValuePipe, ParseArrayPipe];

/** Handlers whose body is not validated, or only in part. */
export function bodyProblems({ name, instance, handlers }: DiscoveredGateway): ConfigurationProblem[] {
  return handlers.flatMap((handler) =>
    messagesOf(instance.constructor, handler).map((message) => ({
      name: `${name}.${handler.method}`,
      message,
    })),
  );
}

function messagesOf(gateway: object, { method, callback }: GatewayHandler): string[] {
  const reason = Reflect.getMetadata(UNVALIDATED_BODY, callback) as unknown;
  if (reason === undefined) return bodyParametersOf(gateway, method).flatMap(messagesOfOne);
  if (typeof reason === 'string' && reason.trim() !== '') return [];
  return ["opts out of validation without a reason; state why this is safe: @UnvalidatedBody('…')"];
}

function messagesOfOne({ metatype: type, ...parameter }: BodyParameter): string[] {
  if (parameter.pipes?.some(isSchemaForNest12))
    return [
      'gives @MessageBody() a schema, which Nest reads from version 12 on; take the body as a DTO class',
    ];
  if (parameter.schema !== undefined || parameter.pipes?.some(hasRulesOfItsOwn)) return [];
  if (parameter.data !== undefined) {
    const example = KNOWS_SCHEMAS
      ? `a schema or a pipe: @MessageBody('${parameter.data}', { schema: … })`
      : `a pipe: @MessageBody('${parameter.data}', ParseIntPipe)`;
    return [
      `takes the field "${parameter.data}" of a body that is not validated; take the whole body as a DTO class, ` +
        `or give the field ${example}`,
    ];
  }
  if (!hasRules(type)) {
    const alternative = KNOWS_SCHEMAS ? ', or give it a schema: @MessageBody({ schema: … })' : '';
    return [
      'takes a body that cannot be validated; type it with a DTO class that has class-validator rules, ' +
        `for example @MessageBody() body: EchoDto${alternative}`,
    ];
  }
  return uncheckedProperties(type).map(
    ({ path, fix }) => `takes ${type.name}, whose "${path}" is not validated; add ${fix}`,
  );
}

/** Whether Nest 11 has taken the options of a parameter for a pipe. */
function isSchemaForNest12(pipe: unknown): boolean {
  return !KNOWS_SCHEMAS && !isPipe(pipe) && typeof pipe === 'object' && pipe !== null && 'schema' in pipe;
}

/** Nest drops what has no `transform()`, without a word. */
function isPipe(pipe: unknown): boolean {
  return typeof pipe === 'function' || typeof (pipe as PipeTransform | undefined)?.transform === 'function';
}

/** Whether a pipe of the parameter validates it. Pipes of the application are trusted. */
function hasRulesOfItsOwn(pipe: unknown): boolean {
  if (!isPipe(pipe)) return false;
  return !PIPES_WITHOUT_RULES.some(
    (type) =>
      pipe === type ||
      (pipe instanceof type && typeOf(pipe) === undefined) ||
      (typeof pipe === 'function' && pipe.prototype instanceof type),
  );
}

/** The type that a pipe has in its options, for a value or for the items of a list. */
function typeOf(pipe: object): unknown {
  const { expectedType, options } = pipe as { expectedType?: unknown; options?: { items?: unknown } };
  return expectedType ?? options?.items;
}
