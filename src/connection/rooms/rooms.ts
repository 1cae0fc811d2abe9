import { Injectable } from '@nestjs/common';
import { ForbiddenEventException } from '../../errors/ws-exceptions.js';
import type { Connection } from '../connection.js';
import { Faults } from '../../faults/faults.js';
import { KeyIndex } from '../key-index.js';
import { RoomPolicy } from './room-policy.js';

/** The rooms of the connections of this node. A room exists while it has members. */
@Injectable()
export class Rooms {
  private readonly members = new KeyIndex<string, Connection>();
  private readonly joined = new KeyIndex<Connection, string>();

  constructor(
    private readonly policy: RoomPolicy,
    private readonly faults: Faults,
  ) {}

  /** The number of rooms with members. */
  get size(): number {
    return this.members.size;
  }

  /** The names of the rooms with members. */
  names(): IterableIterator<string> {
    return this.members.keys();
  }

  membersOf(room: string): ReadonlySet<Connection> {
    return this.members.of(room);
  }

  roomsOf(connection: Connection): ReadonlySet<string> {
    return this.joined.of(connection);
  }

  /** @throws ForbiddenEventException */
  async join(connection: Connection, room: string): Promise<void> {
    if (this.roomsOf(connection).has(room)) return;
    let { principal } = connection;
    allowJoin(await this.policy.canJoin(connection, room), room);
    // An answer for one principal does not apply to the next one.
    while (principal !== connection.principal) {
      principal = connection.principal;
      allowJoin(await this.policy.canJoin(connection, room), room);
    }
    // The connection may have closed or joined rooms while the policy was called.
    if (!connection.isOpen || this.roomsOf(connection).has(room)) return;
    allowJoin(this.roomsOf(connection).size < this.policy.maxRoomsPerConnection, room);
    this.add(connection, room);
  }

  /** Adds a connection to a room without a check. */
  add(connection: Connection, room: string): void {
    this.members.add(room, connection);
    this.joined.add(connection, room);
  }

  /** The rooms that a connection may be in. If the policy fails, the answer is no. */
  async allowed(connection: Connection, rooms: Iterable<string>): Promise<string[]> {
    const answers = await Promise.all(
      [...rooms].map(async (room) => ((await this.mayBeIn(connection, room)) ? [room] : [])),
    );
    return answers.flat();
  }

  leave(connection: Connection, room: string): void {
    this.members.delete(room, connection);
    this.joined.delete(connection, room);
  }

  leaveAll(connection: Connection): void {
    for (const room of this.roomsOf(connection)) this.members.delete(room, connection);
    this.joined.deleteKey(connection);
  }

  /** @throws ForbiddenEventException */
  async checkSend(sender: Connection, room: string): Promise<void> {
    const isMember = this.membersOf(room).has(sender);
    allowOnlyTrue(await this.policy.canSend(sender, room, isMember), 'room send', room);
  }

  /**
   * Removes a connection from the rooms that its principal may not be in any more. If the policy fails, the answer is
   * no.
   */
  async recheck(connection: Connection): Promise<void> {
    const rooms = [...this.roomsOf(connection)];
    const allowed = await this.allowed(connection, rooms);
    for (const room of rooms) if (!allowed.includes(room)) this.leave(connection, room);
  }

  private async mayBeIn(connection: Connection, room: string): Promise<boolean> {
    try {
      allowJoin(await this.policy.canJoin(connection, room), room);
      return true;
    } catch (error) {
      if (!(error instanceof ForbiddenEventException)) this.faults.report('The RoomPolicy failed', error);
      return false;
    }
  }
}

/** Anything but true is a refusal, because a policy may be written in JavaScript. */
function allowOnlyTrue(answer: unknown, rule: string, room: string): void {
  if (answer !== true) throw new ForbiddenEventException(rule, { target: `room ${room}` });
}

function allowJoin(answer: unknown, room: string): void {
  allowOnlyTrue(answer, 'room join', room);
}
