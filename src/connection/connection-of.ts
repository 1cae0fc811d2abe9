import type { ExecutionContext } from '@nestjs/common';
import type { Connection } from './connection.js';
import type { ServedConnection } from './served-connection.js';

// Not a WeakMap: what that holds lives on until the next full garbage collection, however short the connection was.
const CONNECTION = Symbol('connection');

interface Client {
  [CONNECTION]?: ServedConnection;
}

/** @internal */
export function bindConnection(client: object, connection: ServedConnection): void {
  (client as Client)[CONNECTION] = connection;
}

/**
 * The connection behind the client object that Nest hands to handlers, guards and hooks.
 *
 * @throws Error when the client was not accepted by this module
 * @publicApi
 */
export function connectionOf(client: object): Connection {
  return servedConnectionOf(client);
}

/** As `connectionOf`, with all that the module needs of it. @internal */
export function servedConnectionOf(client: object): ServedConnection {
  const connection = (client as Client)[CONNECTION];
  if (!connection) throw new Error('This client did not come through WsSecurityModule.');
  return connection;
}

/** The connection that a message came in on. @internal */
export function connectionIn(context: ExecutionContext): ServedConnection {
  // `switchToWs()` makes three functions each time it is called.
  return servedConnectionOf(context.getArgByIndex<object>(0));
}
