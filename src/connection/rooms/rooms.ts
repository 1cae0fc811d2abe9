import { Injectable } from '@nestjs/common';
import { ForbiddenEventException } from '../../errors/ws-exceptions.js';
import type { Connection } from '../connection.js';
import { Faults } from '../../faults/faults.js';
import { RoomPolicy } from './room-policy.js';

const NOBODY: ReadonlySet<Connection> = new Set();
const NOWHERE: ReadonlySet<string> = new Set();

/** Which connections of this node are in which rooms. A room is there as long as somebody is in it. */
@Injectable()
export class Rooms {
  private readonly members = new Map<string, Set<Connection>>();
  private readonly joined = new Map<Connection, Set<string>>();

  constructor(
    private readonly policy: RoomPolicy,
    private readonly faults: Faults,
  ) {}

  /** How many rooms have members. */
  get size(): number {
    return this.members.size;
  }

  membersOf(room: string): ReadonlySet<Connection> {
    return this.members.get(room) ?? NOBODY;
  }

  roomsOf(connection: Connection): ReadonlySet<string> {
    return this.joined.get(connection) ?? NOWHERE;
  }

  /** @throws ForbiddenEventException */
  async join(connection: Connection, room: string): Promise<void> {
    if (this.roomsOf(connection).has(room)) return;
    let { principal } = connection;
    demand(await this.policy.canJoin(connection, room));
    // What was said of a principal does not hold for the next one.
    while (principal !== connection.principal) {
      principal = connection.principal;
      demand(await this.policy.canJoin(connection, room));
    }
    // It may have gone, or joined others, while the policy was asked.
    if (!connection.isOpen || this.roomsOf(connection).has(room)) return;
    demand(this.roomsOf(connection).size < this.policy.maxRoomsPerConnection);
    this.add(connection, room);
  }

  /** Puts a connection into a room that it is allowed in. */
  add(connection: Connection, room: string): void {
    entry(this.members, room).add(connection);
    entry(this.joined, connection).add(room);
  }

  /** Those of the rooms that a connection may be in; what cannot be told is a no. */
  async allowed(connection: Connection, rooms: Iterable<string>): Promise<string[]> {
    const answers = await Promise.all(
      [...rooms].map(async (room) => ((await this.mayBeIn(connection, room)) ? [room] : [])),
    );
    return answers.flat();
  }

  leave(connection: Connection, room: string): void {
    drop(this.members, room, connection);
    drop(this.joined, connection, room);
  }

  leaveAll(connection: Connection): void {
    for (const room of this.roomsOf(connection)) drop(this.members, room, connection);
    this.joined.delete(connection);
  }

  /** @throws ForbiddenEventException */
  async checkSend(sender: Connection, room: string): Promise<void> {
    const isMember = this.membersOf(room).has(sender);
    demand(await this.policy.canSend(sender, room, isMember));
  }

  /** Puts a connection out of the rooms that its principal may not be in any more; what cannot be told is a no. */
  async recheck(connection: Connection): Promise<void> {
    const rooms = [...this.roomsOf(connection)];
    const allowed = await this.allowed(connection, rooms);
    for (const room of rooms) if (!allowed.includes(room)) this.leave(connection, room);
  }

  private async mayBeIn(connection: Connection, room: string): Promise<boolean> {
    try {
      demand(await this.policy.canJoin(connection, room));
      return true;
    } catch (error) {
      if (!(error instanceof ForbiddenEventException)) this.faults.report('The RoomPolicy failed', error);
      return false;
    }
  }
}

/** Anything but true is a refusal, whatever a policy without types answers. */
function demand(answer: unknown): void {
  if (answer !== true) throw new ForbiddenEventException();
}

function entry<K, V>(sets: Map<K, Set<V>>, key: K): Set<V> {
  let set = sets.get(key);
  if (!set) sets.set(key, (set = new Set()));
  return set;
}

function drop<K, V>(sets: Map<K, Set<V>>, key: K, value: V): void {
  const set = sets.get(key);
  set?.delete(value);
  if (set?.size === 0) sets.delete(key);
}
