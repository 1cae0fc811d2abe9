import type { Type } from '@nestjs/common';
import { PARAM_ARGS_METADATA } from '@nestjs/websockets/internal';

// `WsParamtype.PAYLOAD` of @nestjs/websockets, which no entry point exports.
const PAYLOAD = 3;

/** A parameter of a handler that takes the body of a message, or a part of it. */
export interface BodyParameter {
  readonly index: number;
  /** The name of the part, if it is one. */
  readonly data?: unknown;
  readonly pipes?: readonly unknown[];
  readonly schema?: unknown;
  /** The class the parameter is declared with, as far as it is known at run time. */
  readonly metatype: unknown;
}

/** The body parameters of a method of a gateway. */
export function bodyParametersOf(gateway: object, method: string): BodyParameter[] {
  const { prototype } = gateway as Type<object>;
  const types = (Reflect.getMetadata('design:paramtypes', prototype, method) as unknown[] | undefined) ?? [];
  const all = Reflect.getMetadata(PARAM_ARGS_METADATA, gateway, method) as
    Record<string, Omit<BodyParameter, 'metatype'>> | undefined;
  // Without decorators Nest passes client and body by position.
  if (!all) return types.length > 1 ? [{ index: 1, metatype: types[1] }] : [];
  return Object.entries(all)
    .filter(([key]) => key.startsWith(`${PAYLOAD}:`))
    .map(([, parameter]) => ({ ...parameter, metatype: types[parameter.index] }));
}
