import { Injectable } from '@nestjs/common';
import type { Connection } from './connection.js';
import type { Principal } from './principal.js';

/**
 * The open connections of this node, also by who is on them.
 *
 * @publicApi
 */
@Injectable()
export class ConnectionRegistry implements Iterable<Connection> {
  private readonly byId = new Map<string, Connection>();
  private readonly byUser = new Map<string, Set<Connection>>();
  private readonly waiting: (() => void)[] = [];

  get size(): number {
    return this.byId.size;
  }

  [Symbol.iterator](): IterableIterator<Connection> {
    return this.byId.values();
  }

  get(id: string): Connection | undefined {
    return this.byId.get(id);
  }

  /** Connections of one principal; ids are unique per issuer, so one without it matches any issuer. */
  ofUser(id: string, issuer?: string | null): Connection[] {
    const connections = [...(this.byUser.get(id) ?? [])];
    return issuer === undefined ? connections : connections.filter((c) => c.principal.issuer === issuer);
  }

  /** @internal */
  add(connection: Connection): void {
    this.byId.set(connection.id, connection);
    this.index(connection);
  }

  /** Somebody has logged in, or brought a new credential. @internal */
  identify(connection: Connection, principal: Principal): void {
    this.unindex(connection);
    connection.identify(principal);
    this.index(connection);
  }

  /** @internal */
  remove(connection: Connection): void {
    this.byId.delete(connection.id);
    this.unindex(connection);
    if (this.size === 0) for (const resolve of this.waiting.splice(0)) resolve();
  }

  /** Resolves once no connection is left. @internal */
  whenEmpty(): Promise<void> {
    return this.size === 0 ? Promise.resolve() : new Promise((resolve) => this.waiting.push(resolve));
  }

  private index(connection: Connection): void {
    const { id } = connection.principal;
    if (id === null) return;
    const connections = this.byUser.get(id);
    if (connections) connections.add(connection);
    else this.byUser.set(id, new Set([connection]));
  }

  private unindex(connection: Connection): void {
    const { id } = connection.principal;
    const connections = id === null ? undefined : this.byUser.get(id);
    connections?.delete(connection);
    if (id !== null && connections?.size === 0) this.byUser.delete(id);
  }
}
