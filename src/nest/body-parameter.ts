import type { Type } from '@nestjs/common';
import { PARAM_ARGS_METADATA, PAYLOAD_PARAMTYPE } from './metadata-keys.js';

const BODY_POSITION = 1;

type Handler = (...args: unknown[]) => unknown;

/** A parameter of a handler that takes the body of a message, or a part of it. */
export interface BodyParameter {
  readonly index: number;
  /** The name of the part, if it is one. */
  readonly data?: string;
  readonly pipes?: readonly unknown[];
  readonly schema?: unknown;
  /** The class the parameter is declared with, as far as it is known at run time. */
  readonly metatype: unknown;
}

/** The body parameters of a method of a gateway. */
export function bodyParametersOf(gateway: object, method: string): BodyParameter[] {
  const { prototype } = gateway as Type<Record<string, Handler>>;
  const types = (Reflect.getMetadata('design:paramtypes', prototype, method) as unknown[] | undefined) ?? [];
  const all = Reflect.getMetadata(PARAM_ARGS_METADATA, gateway, method) as
    Record<string, Omit<BodyParameter, 'metatype'>> | undefined;
  // Without decorators Nest passes client and body by position.
  if (!all)
    return takesBodyByPosition(prototype[method], types)
      ? [{ index: BODY_POSITION, metatype: types[BODY_POSITION] }]
      : [];
  return Object.entries(all)
    .filter(([key]) => key.startsWith(`${PAYLOAD_PARAMTYPE}:`))
    .map(([, parameter]) => ({ ...parameter, metatype: types[parameter.index] }));
}

/** Neither a default value nor `...rest` shows in the length of a function, and types only where they are emitted. */
function takesBodyByPosition(handler: Handler | undefined, types: readonly unknown[]): boolean {
  return (
    types.length > BODY_POSITION ||
    (handler?.length ?? 0) > BODY_POSITION ||
    /^[^{]*\.\.\./.test(String(handler))
  );
}
