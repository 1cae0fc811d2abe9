import { Injectable } from '@nestjs/common';
import { closeReasonOf } from './close-reason.js';
import type { Connection } from './connection.js';
import type { ConnectionAuth } from './connection-auth.js';
import type { Principal } from './principal.js';
import { PrincipalIndex } from './principal-index.js';
import { PushPublisher } from './pushes/push-publisher.js';
import type { PushName, PushOf, WsEvents } from '../protocol/ws-events.js';
import { ClusterSignals } from '../nodes/cluster-signals.js';
import { Rooms } from './rooms/rooms.js';
import type { ServedConnection } from './served-connection.js';

/**
 * The open connections of this node, with their principals and rooms.
 *
 * @publicApi
 */
@Injectable()
export class ConnectionRegistry implements Iterable<Connection> {
  private readonly byId = new Map<string, Connection>();
  private readonly byPrincipal = new PrincipalIndex<ServedConnection>();
  private readonly waiting: (() => void)[] = [];

  /** @internal */
  constructor(
    private readonly rooms: Rooms,
    private readonly pushes: PushPublisher,
    private readonly signals: ClusterSignals,
  ) {}

  get size(): number {
    return this.byId.size;
  }

  /** The number of distinct principals; anonymous clients have none. @internal */
  get principals(): number {
    return this.byPrincipal.principals;
  }

  [Symbol.iterator](): IterableIterator<Connection> {
    return this.byId.values();
  }

  get(id: string): Connection | undefined {
    return this.byId.get(id);
  }

  /** The connections of one principal. Ids are unique per issuer; without an issuer, the id of any issuer matches. */
  ofUser(id: string, issuer?: string | null): Connection[] {
    const connections = this.byPrincipal.ofUser(id);
    return issuer === undefined ? connections : connections.filter((c) => c.principal.issuer === issuer);
  }

  /**
   * Adds a connection to a room, if the `RoomPolicy` allows it. The connection leaves the room when it closes.
   *
   * @throws ForbiddenEventException
   */
  join(connection: Connection, room: string): Promise<void> {
    return this.rooms.join(connection, room);
  }

  leave(connection: Connection, room: string): void {
    this.rooms.leave(connection, room);
  }

  roomsOf(connection: Connection): ReadonlySet<string> {
    return this.rooms.roomsOf(connection);
  }

  /** The members of a room on this node. */
  membersOf(room: string): ReadonlySet<Connection> {
    return this.rooms.membersOf(room);
  }

  /**
   * Pushes an event to all members of a room, on every node.
   *
   * @param sender the connection that sends the message, checked by the `RoomPolicy`; default: the application itself
   * @returns a promise that resolves once the `BroadcastBus` has stored the push
   * @throws ForbiddenEventException
   * @throws OverloadedException if the `BroadcastBus` is full
   * @throws TypeError if `data` cannot be serialised as JSON
   */
  sendToRoom(room: string, event: string, data: unknown, sender?: Connection): Promise<void> {
    return this.pushes.sendToRoom(room, event, data, sender);
  }

  /**
   * Pushes an event to every connection of a user, on every node.
   *
   * @param issuer default: any issuer
   * @returns a promise that resolves once the `BroadcastBus` has stored the push
   * @throws OverloadedException if the `BroadcastBus` is full
   * @throws TypeError if `data` cannot be serialised as JSON
   */
  sendToUser(id: string, event: string, data: unknown, issuer?: string | null): Promise<void> {
    return this.pushes.sendToUser(id, event, data, issuer);
  }

  /**
   * Pushes an event to every connection, on every node, except those of unsecured gateways.
   *
   * @returns a promise that resolves once the `BroadcastBus` has stored the push
   * @throws OverloadedException if the `BroadcastBus` is full
   * @throws TypeError if `data` cannot be serialised as JSON
   */
  broadcast(event: string, data: unknown): Promise<void> {
    return this.pushes.broadcast(event, data);
  }

  /** Returns this registry, with types that allow only the pushes of a contract. It costs nothing at runtime. */
  typed<Events extends WsEvents>(): TypedConnectionRegistry<Events> {
    return this;
  }

  /**
   * Closes every connection of a user with 4403, on every node. This does not revoke credentials: the user can
   * connect again with a valid one.
   *
   * @param options.issuer default: any issuer
   * @param options.reason sent to the client, truncated to 123 bytes; it should not help an attacker
   * @returns the number of closed connections on all nodes that answered
   */
  kick(id: string, options: { issuer?: string | null; reason?: string } = {}): Promise<number> {
    const { issuer, reason = 'kicked' } = options;
    return this.signals.send({
      type: 'kick',
      id,
      ...(issuer !== undefined && { issuer }),
      reason: closeReasonOf(reason),
    });
  }

  /**
   * Changes the roles and scopes of every connection of a user, on every node. They apply from the next message on,
   * and the `RoomPolicy` checks each room again. A later refresh or a new connection has the rights of its own
   * credential.
   *
   * @returns the number of changed connections on all nodes that answered
   */
  changeRights(
    id: string,
    issuer: string | null,
    { roles, scopes }: Pick<Principal, 'roles' | 'scopes'>,
  ): Promise<number> {
    return this.signals.send({ type: 'rights', id, issuer, roles: [...roles], scopes: [...scopes] });
  }

  /** The names of the rooms with members on this node. @internal */
  roomNames(): IterableIterator<string> {
    return this.rooms.names();
  }

  /** The number of rooms with members on this node. @internal */
  get roomCount(): number {
    return this.rooms.size;
  }

  /** The connections whose credentials match a revocation key. @internal */
  withRevocationKey(key: string): ServedConnection[] {
    return this.byPrincipal.withRevocationKey(key);
  }

  /** The connections with a limit key. @internal */
  withLimitKey(key: string): ServedConnection[] {
    return this.byPrincipal.withLimitKey(key);
  }

  /** @internal */
  add(connection: ServedConnection): void {
    this.byId.set(connection.id, connection);
    this.byPrincipal.add(connection);
    connection.counters.open.add(connection.principal.kind);
  }

  /** Updates the index after a login, a refresh or a change of rights. @internal */
  identify(connection: ServedConnection, principal: Principal, auth?: ConnectionAuth): void {
    const { open } = connection.counters;
    open.add(connection.principal.kind, -1);
    open.add(principal.kind);
    this.byPrincipal.delete(connection);
    connection.identify(principal, auth);
    this.byPrincipal.add(connection);
    void this.rooms.recheck(connection);
  }

  /** @internal */
  remove(connection: ServedConnection): void {
    if (this.byId.delete(connection.id)) connection.counters.open.add(connection.principal.kind, -1);
    this.byPrincipal.delete(connection);
    this.rooms.leaveAll(connection);
    if (this.size === 0) for (const resolve of this.waiting.splice(0)) resolve();
  }

  /** Resolves once no connection is open. @internal */
  whenEmpty(): Promise<void> {
    return this.size === 0 ? Promise.resolve() : new Promise((resolve) => this.waiting.push(resolve));
  }
}

/** A {@link ConnectionRegistry} that pushes only what a contract has. @publicApi */
export interface TypedConnectionRegistry<Events> extends Omit<
  ConnectionRegistry,
  'sendToRoom' | 'sendToUser' | 'broadcast' | 'typed'
> {
  /** See {@link ConnectionRegistry.sendToRoom}. */
  sendToRoom<Name extends PushName<Events>>(
    room: string,
    event: Name,
    data: PushOf<Events, Name>,
    sender?: Connection,
  ): Promise<void>;

  /** See {@link ConnectionRegistry.sendToUser}. */
  sendToUser<Name extends PushName<Events>>(
    id: string,
    event: Name,
    data: PushOf<Events, Name>,
    issuer?: string | null,
  ): Promise<void>;

  /** See {@link ConnectionRegistry.broadcast}. */
  broadcast<Name extends PushName<Events>>(event: Name, data: PushOf<Events, Name>): Promise<void>;
}
