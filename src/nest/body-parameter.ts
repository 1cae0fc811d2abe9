import type { Type } from '@nestjs/common';
import { PARAM_ARGS_METADATA, PAYLOAD_PARAMTYPE } from './metadata-keys.js';

const BODY_POSITION = 1;

type Handler = (...args: unknown[]) => unknown;

/** A handler parameter that receives the body of a message, or a property of it. */
export interface BodyParameter {
  readonly index: number;
  /** The name of the property, if it is one. */
  readonly data?: string;
  readonly pipes?: readonly unknown[];
  readonly schema?: unknown;
  /** The declared class of the parameter, if it is known at runtime. */
  readonly metatype: unknown;
}

/** Returns the body parameters of a gateway method. */
export function bodyParametersOf(gateway: object, method: string): BodyParameter[] {
  const { prototype } = gateway as Type<Record<string, Handler>>;
  const types = (Reflect.getMetadata('design:paramtypes', prototype, method) as unknown[] | undefined) ?? [];
  const all = Reflect.getMetadata(PARAM_ARGS_METADATA, gateway, method) as
    Record<string, Omit<BodyParameter, 'metatype'>> | undefined;
  // Without decorators, Nest passes client and body by position.
  if (!all)
    return takesBodyByPosition(prototype[method], types)
      ? [{ index: BODY_POSITION, metatype: types[BODY_POSITION] }]
      : [];
  return Object.entries(all)
    .filter(([key]) => key.startsWith(`${PAYLOAD_PARAMTYPE}:`))
    .map(([, parameter]) => ({ ...parameter, metatype: types[parameter.index] }));
}

/** The length of a function does not count default values and `...rest`, and types exist only if they are emitted. */
function takesBodyByPosition(handler: Handler | undefined, types: readonly unknown[]): boolean {
  return (
    types.length > BODY_POSITION ||
    (handler?.length ?? 0) > BODY_POSITION ||
    /^[^{]*\.\.\./.test(String(handler))
  );
}
