import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { connectionIn } from '../connection/connection-of.js';

/** Injects the principal of the connection that sent the message. @publicApi */
export const CurrentPrincipal = createParamDecorator(
  (_data: undefined, context: ExecutionContext) => connectionIn(context).principal,
);

/** Injects the {@link Connection} that sent the message. @publicApi */
export const CurrentConnection = createParamDecorator((_data: undefined, context: ExecutionContext) =>
  connectionIn(context),
);
