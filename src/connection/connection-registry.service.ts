import { Injectable } from '@nestjs/common';
import { closeReasonOf } from './close-reason.js';
import type { Connection } from './connection.js';
import type { Principal } from './principal.js';
import { PrincipalIndex } from './principal-index.js';
import { PushPublisher } from './pushes/push-publisher.js';
import { ClusterSignals } from '../nodes/cluster-signals.js';
import { Rooms } from './rooms/rooms.js';
import type { ServedConnection } from './served-connection.js';

/**
 * The open connections of this node, who is on them and in which rooms they are.
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

  [Symbol.iterator](): IterableIterator<Connection> {
    return this.byId.values();
  }

  get(id: string): Connection | undefined {
    return this.byId.get(id);
  }

  /** Connections of one principal; ids are unique per issuer, so one without it matches any issuer. */
  ofUser(id: string, issuer?: string | null): Connection[] {
    const connections = this.byPrincipal.ofUser(id);
    return issuer === undefined ? connections : connections.filter((c) => c.principal.issuer === issuer);
  }

  /**
   * Puts a connection into a room, if the `RoomPolicy` lets it. It leaves when it closes.
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

  /** The members of a room that are connected to this node. */
  membersOf(room: string): ReadonlySet<Connection> {
    return this.rooms.membersOf(room);
  }

  /**
   * Pushes an event to everybody in a room, on every node.
   *
   * @param sender on whose behalf, if the `RoomPolicy` lets it; left out, the application itself is the sender
   * @returns once the `BroadcastBus` has stored it
   * @throws ForbiddenEventException
   * @throws OverloadedException when the `BroadcastBus` is full
   * @throws TypeError when `data` cannot be serialised as JSON
   */
  sendToRoom(room: string, event: string, data: unknown, sender?: Connection): Promise<void> {
    return this.pushes.sendToRoom(room, event, data, sender);
  }

  /**
   * Pushes an event to every connection of a user, on every node.
   *
   * @param issuer left out, the id of any issuer
   * @returns once the `BroadcastBus` has stored it
   * @throws OverloadedException when the `BroadcastBus` is full
   * @throws TypeError when `data` cannot be serialised as JSON
   */
  sendToUser(id: string, event: string, data: unknown, issuer?: string | null): Promise<void> {
    return this.pushes.sendToUser(id, event, data, issuer);
  }

  /**
   * Pushes an event to every connection, on every node.
   *
   * @returns once the `BroadcastBus` has stored it
   * @throws OverloadedException when the `BroadcastBus` is full
   * @throws TypeError when `data` cannot be serialised as JSON
   */
  broadcast(event: string, data: unknown): Promise<void> {
    return this.pushes.broadcast(event, data);
  }

  /**
   * Closes every connection of a user, on every node, with 4403. It is no revocation: who has a good credential may come
   * back.
   *
   * @param options.issuer left out, the id of any issuer
   * @param options.reason for the client, at most 123 bytes of it: nothing that an attacker could use
   * @returns how many connections were closed, on all nodes that answered
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
   * Gives every connection of a user other roles and scopes, on every node, as a new credential would: they hold from the
   * next message on, and the `RoomPolicy` is asked again about each room. A later refresh, or a new connection, has the
   * rights of its own credential.
   *
   * @returns how many connections were changed, on all nodes that answered
   */
  changeRights(
    id: string,
    issuer: string | null,
    { roles, scopes }: Pick<Principal, 'roles' | 'scopes'>,
  ): Promise<number> {
    return this.signals.send({ type: 'rights', id, issuer, roles: [...roles], scopes: [...scopes] });
  }

  /** The connections that a key of revocations stands for. @internal */
  withRevocationKey(key: string): ServedConnection[] {
    return this.byPrincipal.withRevocationKey(key);
  }

  /** The connections whose limits are counted on a key. @internal */
  withLimitKey(key: string): ServedConnection[] {
    return this.byPrincipal.withLimitKey(key);
  }

  /** @internal */
  add(connection: ServedConnection): void {
    this.byId.set(connection.id, connection);
    this.byPrincipal.add(connection);
  }

  /** Its principal has logged in, or has a new credential or other rights. @internal */
  identify(connection: ServedConnection, principal: Principal): void {
    this.byPrincipal.delete(connection);
    connection.identify(principal);
    this.byPrincipal.add(connection);
    void this.rooms.recheck(connection);
  }

  /** @internal */
  remove(connection: ServedConnection): void {
    this.byId.delete(connection.id);
    this.byPrincipal.delete(connection);
    this.rooms.leaveAll(connection);
    if (this.size === 0) for (const resolve of this.waiting.splice(0)) resolve();
  }

  /** Resolves once no connection is left. @internal */
  whenEmpty(): Promise<void> {
    return this.size === 0 ? Promise.resolve() : new Promise((resolve) => this.waiting.push(resolve));
  }
}
