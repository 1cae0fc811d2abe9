import { getMetadataStorage } from 'class-validator';
import { PARAM_ARGS_METADATA } from '@nestjs/websockets/internal';
import type { ConfigurationProblem } from '../errors/configuration.error.js';
import type { DiscoveredGateway } from './gateway-explorer.js';

// `WsParamtype.PAYLOAD` of @nestjs/websockets, which no entry point exports.
const PAYLOAD = 3;

interface Parameter {
  index: number;
  data?: unknown;
  pipes?: unknown[];
}

/** Handlers whose body nothing would check: the pipe sees the class at run time, and there must be rules on it. */
export function bodyProblems({ name, instance, handlers }: DiscoveredGateway): ConfigurationProblem[] {
  return handlers.flatMap(({ method }) =>
    bodyParameters(instance, method)
      .filter((parameter) => !isChecked(parameter, typeOf(instance, method, parameter.index)))
      .map(() => ({
        name: `${name}.${method}`,
        message:
          'takes a body that cannot be validated; type it with a DTO class that has class-validator rules, ' +
          'for example @MessageBody() body: EchoDto',
      })),
  );
}

function bodyParameters(instance: object, method: string): Parameter[] {
  const all = Reflect.getMetadata(PARAM_ARGS_METADATA, instance.constructor, method) as
    Record<string, Parameter> | undefined;
  // Without decorators Nest passes client and body by position.
  if (!all) return typesOf(instance, method).length > 1 ? [{ index: 1 }] : [];
  return Object.entries(all)
    .filter(([key]) => key.startsWith(`${PAYLOAD}:`))
    .map(([, parameter]) => parameter);
}

/** A pipe of its own on the parameter is the developer's word that it is looked after. */
function isChecked(parameter: Parameter, type: unknown): boolean {
  if (parameter.pipes && parameter.pipes.length > 0) return true;
  return parameter.data === undefined && hasRules(type);
}

function hasRules(type: unknown): boolean {
  if (typeof type !== 'function') return false;
  return getMetadataStorage().getTargetValidationMetadatas(type, '', false, false).length > 0;
}

function typeOf(instance: object, method: string, index: number): unknown {
  return typesOf(instance, method)[index];
}

function typesOf(instance: object, method: string): unknown[] {
  return (Reflect.getMetadata('design:paramtypes', instance, method) as unknown[] | undefined) ?? [];
}
