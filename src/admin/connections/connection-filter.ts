import type { Connection } from '../../connection/connection.js';
import type { ConnectionRegistry } from '../../connection/connection-registry.js';
import { revocationKeysOf } from '../../connection/revocation-keys.js';

/** Which connections are meant: those that match everything that is given. */
export interface ConnectionFilter {
  readonly connection?: string | undefined;
  readonly user?: string | undefined;
  /** Null or empty: without an issuer. */
  readonly issuer?: string | null | undefined;
  readonly address?: string | undefined;
  readonly room?: string | undefined;
  readonly path?: string | undefined;
  readonly revocationKey?: string | undefined;
}

/** The connections of this node that a filter is about, by an index where there is one. */
export function* connectionsIn(
  registry: ConnectionRegistry,
  filter: ConnectionFilter,
): IterableIterator<Connection> {
  for (const connection of candidates(registry, filter))
    if (matches(connection, registry, filter)) yield connection;
}

function candidates(registry: ConnectionRegistry, filter: ConnectionFilter): Iterable<Connection> {
  const { connection: id, user, room, revocationKey } = filter;
  if (id !== undefined) {
    const connection = registry.get(id);
    return connection ? [connection] : [];
  }
  if (revocationKey !== undefined) return registry.withRevocationKey(revocationKey);
  if (user !== undefined) return registry.ofUser(user);
  if (room !== undefined) return registry.membersOf(room);
  return registry;
}

function matches(connection: Connection, registry: ConnectionRegistry, filter: ConnectionFilter): boolean {
  const { user, issuer, address, room, path, revocationKey } = filter;
  const { principal } = connection;
  return (
    connection.isOpen &&
    (user === undefined || principal.id === user) &&
    (issuer === undefined || (principal.issuer ?? '') === (issuer ?? '')) &&
    (address === undefined || connection.address === address) &&
    (path === undefined || connection.path === path) &&
    (room === undefined || registry.membersOf(room).has(connection)) &&
    (revocationKey === undefined || revocationKeysOf(principal).includes(revocationKey))
  );
}
