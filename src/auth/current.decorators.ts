import { createParamDecorator, type ExecutionContext, type PipeTransform, type Type } from '@nestjs/common';
import { connectionIn } from '../connection/connection-of.js';

/*
 * The types are written down, because those that Nest would infer differ between its versions.
 */

/** Injects the principal of the connection that sent the message. @publicApi */
export const CurrentPrincipal: (...pipes: (PipeTransform | Type<PipeTransform>)[]) => ParameterDecorator =
  createParamDecorator((_data: undefined, context: ExecutionContext) => connectionIn(context).principal);

/** Injects the {@link Connection} that sent the message. @publicApi */
export const CurrentConnection: (...pipes: (PipeTransform | Type<PipeTransform>)[]) => ParameterDecorator =
  createParamDecorator((_data: undefined, context: ExecutionContext) => connectionIn(context));
