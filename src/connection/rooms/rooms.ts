import { Injectable } from '@nestjs/common';
import { ForbiddenEventException } from '../../errors/ws-exceptions.js';
import type { Connection } from '../connection.js';
import { Faults } from '../../faults/faults.js';
import { KeyIndex } from '../key-index.js';
import { RoomPolicy } from './room-policy.js';

/** Which connections of this node are in which rooms. A room is there as long as somebody is in it. */
@Injectable()
export class Rooms {
  private readonly members = new KeyIndex<string, Connection>();
  private readonly joined = new KeyIndex<Connection, string>();

  constructor(
    private readonly policy: RoomPolicy,
    private readonly faults: Faults,
  ) {}

  /** How many rooms have members. */
  get size(): number {
    return this.members.size;
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
    demand(await this.policy.canJoin(connection, room));
    // An answer about one principal does not hold for the next one.
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
    this.members.add(room, connection);
    this.joined.add(connection, room);
  }

  /** Those of the rooms that a connection may be in. A policy that fails refuses. */
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
    demand(await this.policy.canSend(sender, room, isMember));
  }

  /** Removes a connection from the rooms that its principal may not be in any more. A policy that fails refuses. */
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

/** Everything but true is a refusal: a policy need not be written in TypeScript. */
function demand(answer: unknown): void {
  if (answer !== true) throw new ForbiddenEventException();
}
