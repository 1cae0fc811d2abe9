import type { ArgumentMetadata, ExecutionContext } from '@nestjs/common';
import { DirectCall, type DirectParameter } from '../messages/direct-call.js';
import {
  CUSTOM_PARAMTYPE,
  GUARDS_METADATA,
  PARAM_ARGS_METADATA,
  PAYLOAD_PARAMTYPE,
  PIPES_METADATA,
  SOCKET_PARAMTYPE,
} from '../nest/metadata-keys.js';
import { WsValidationPipe } from '../validation/ws-validation.pipe.js';
import type { DiscoveredGateway, GatewayHandler } from './gateway-explorer.js';
import { GatewayPipe } from './enhancers/gateway-enhancers.js';
import { WsGuardChain } from './guards/ws-guard-chain.js';

interface ParameterMetadata {
  readonly index: number;
  readonly data?: unknown;
  readonly pipes?: readonly unknown[];
  readonly schema?: unknown;
  readonly factory?: unknown;
}

/**
 * The direct call of a handler whose guards and pipe are the built-in ones. The caller has made sure that no guard,
 * interceptor or filter of the application concerns it.
 *
 * @param pipe the pipe of all gateways
 * @returns undefined if only Nest can call the handler
 */
export function directCallOf(
  { instance }: DiscoveredGateway,
  { method, callback }: GatewayHandler,
  pipe: WsValidationPipe,
): DirectCall | undefined {
  const gateway = instance.constructor;
  if (pipe.constructor !== WsValidationPipe || !isPlainMethod(instance, method, callback)) return undefined;
  if (!hasOnly(GUARDS_METADATA, WsGuardChain, gateway, callback)) return undefined;
  if (!hasOnly(PIPES_METADATA, GatewayPipe, gateway, callback)) return undefined;
  const declared = Reflect.getMetadata(PARAM_ARGS_METADATA, gateway, method) as
    Record<string, ParameterMetadata> | undefined;
  // Without decorators, Nest passes arguments by position.
  if (!declared) return undefined;
  const types = (Reflect.getMetadata('design:paramtypes', gateway.prototype as object, method) ??
    []) as readonly unknown[];
  const parameters = Object.entries(declared).map(([key, parameter]) =>
    parameterOf(key, parameter, types, pipe),
  );
  if (!parameters.every((parameter) => parameter !== undefined)) return undefined;
  return new DirectCall(instance, callback, parameters);
}

/** Whether Nest finds the decorators of the method where we do, and not where a mixin has left them. */
function isPlainMethod(instance: object, method: string, callback: unknown): boolean {
  const { prototype } = instance.constructor as { prototype?: Record<string, unknown> };
  return prototype === Object.getPrototypeOf(instance) && prototype?.[method] === callback;
}

/** Whether an enhancer of the module is the only one that the gateway and the handler have. */
function hasOnly(key: string, type: unknown, ...places: readonly object[]): boolean {
  const bound = places.flatMap((place) => (Reflect.getMetadata(key, place) ?? []) as unknown[]);
  return bound.length === 1 && bound[0] === type;
}

function parameterOf(
  key: string,
  { index, data, pipes = [], schema, factory }: ParameterMetadata,
  types: readonly unknown[],
  pipe: WsValidationPipe,
): DirectParameter | undefined {
  if (pipes.length > 0) return undefined;
  if (key.includes(CUSTOM_PARAMTYPE)) {
    if (typeof factory !== 'function') return { index, take: () => null };
    const make = factory as (data: unknown, context: ExecutionContext) => unknown;
    return { index, take: (_client, { context }) => make(data, context as ExecutionContext) };
  }
  const [kind] = key.split(':');
  if (kind === String(SOCKET_PARAMTYPE)) return { index, take: (client) => client };
  if (kind !== String(PAYLOAD_PARAMTYPE) || data !== undefined) return undefined;
  const metadata = { type: 'body', metatype: types[index], data, schema } as ArgumentMetadata;
  return {
    index,
    take: (_client, message) =>
      pipe.acceptedNow(message.data, metadata) ?? pipe.transform(message.data, metadata),
  };
}
