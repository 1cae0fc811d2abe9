import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { connectionIn } from '../connection/connection-of.js';

/** The principal of the connection a message came in on. @publicApi */
export const CurrentPrincipal = createParamDecorator(
  (_data: undefined, context: ExecutionContext) => connectionIn(context).principal,
);

/** The {@link Connection} a message came in on. @publicApi */
export const CurrentConnection = createParamDecorator((_data: undefined, context: ExecutionContext) =>
  connectionIn(context),
);
