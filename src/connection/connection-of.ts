import type { ExecutionContext } from '@nestjs/common';
import type { Connection } from './connection.js';

// Not a WeakMap: what that holds lives on until the next full garbage collection, however short the connection was.
const CONNECTION = Symbol('connection');

interface Client {
  [CONNECTION]?: Connection;
}

/** @internal */
export function bindConnection(client: object, connection: Connection): void {
  (client as Client)[CONNECTION] = connection;
}

/**
 * The connection behind the client object that Nest hands to handlers, guards and hooks.
 *
 * @throws Error when the client was not accepted by this module
 */
export function connectionOf(client: object): Connection {
  const connection = (client as Client)[CONNECTION];
  if (!connection) throw new Error('This client did not come through WsSecurityModule.');
  return connection;
}

/** The connection that a message came in on. */
export function connectionIn(context: ExecutionContext): Connection {
  // `switchToWs()` makes three functions each time it is called.
  return connectionOf(context.getArgByIndex<object>(0));
}
