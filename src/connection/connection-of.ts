import type { ExecutionContext } from '@nestjs/common';
import type { Connection } from './connection.js';
import type { ServedConnection } from './served-connection.js';

// A WeakMap would keep its keys until the next full garbage collection, even for short connections.
const CONNECTION = Symbol('connection');

interface Client {
  [CONNECTION]?: ServedConnection;
}

/** @internal */
export function bindConnection(client: object, connection: ServedConnection): void {
  (client as Client)[CONNECTION] = connection;
}

/**
 * Returns the connection of the client object that Nest passes to handlers, guards and hooks.
 *
 * @throws Error if the client was not accepted by this module
 * @publicApi
 */
export function connectionOf(client: object): Connection {
  return servedConnectionOf(client);
}

/** Like `connectionOf`, with the module's own part of the connection. @internal */
export function servedConnectionOf(client: object): ServedConnection {
  const connection = (client as Client)[CONNECTION];
  if (!connection)
    throw new Error('This client was not accepted by WsSecurityModule. Use a gateway with @SecureGateway().');
  return connection;
}

/** The connection that sent the message. @internal */
export function connectionIn(context: ExecutionContext): ServedConnection {
  // `switchToWs()` creates three functions per call.
  return servedConnectionOf(context.getArgByIndex<object>(0));
}
