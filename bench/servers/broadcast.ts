import type { ConnectionRegistry } from 'nestjs-ws-security';

interface Broadcasting {
  broadcast(event: string, data: unknown): unknown;
}

/** To everybody who is connected, by the best means the module has. */
export function broadcastTo(connections: ConnectionRegistry, event: string, data: unknown): void {
  if (isBroadcasting(connections)) connections.broadcast(event, data);
  else for (const connection of connections) connection.push(event, data);
}

function isBroadcasting(connections: object): connections is Broadcasting {
  return 'broadcast' in connections && typeof connections.broadcast === 'function';
}
