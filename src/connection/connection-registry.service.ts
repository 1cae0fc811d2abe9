import { Injectable } from '@nestjs/common';
import type { Connection } from './connection.js';
import type { Principal } from './principal.js';
import { PushPublisher } from './pushes/push-publisher.js';
import { Rooms } from './rooms/rooms.js';

/**
 * The open connections of this node, who is on them and in which rooms they are.
 *
 * @publicApi
 */
@Injectable()
export class ConnectionRegistry implements Iterable<Connection> {
  private readonly byId = new Map<string, Connection>();
  private readonly byUser = new Map<string, Set<Connection>>();
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly rooms: Rooms,
    private readonly pushes: PushPublisher,
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
    const connections = [...(this.byUser.get(id) ?? [])];
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
    void this.rooms.recheck(connection);
  }

  /** @internal */
  remove(connection: Connection): void {
    this.byId.delete(connection.id);
    this.unindex(connection);
    this.rooms.leaveAll(connection);
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
