import { Injectable } from '@nestjs/common';
import type { Connection } from '../connection.js';

/**
 * Who may be in a room and who may send to it. Replace it by a subclass to decide by tenant, by membership in a
 * database, by the name of the room.
 *
 * @publicApi
 */
@Injectable()
export class RoomPolicy {
  /** Rooms a connection may be in at once. */
  readonly maxRoomsPerConnection: number = 100;

  /**
   * Asked when a connection joins, and again for each of its rooms when its principal changes.
   *
   * @returns whether it may be there; anybody authenticated may unless a subclass knows better
   */
  canJoin(connection: Connection, _room: string): boolean | Promise<boolean> {
    return connection.principal.id !== null;
  }

  /**
   * Asked for each message that is sent on behalf of a connection.
   *
   * @param isMember whether the sender is in the room; who is may send, unless a subclass knows better
   */
  canSend(_sender: Connection, _room: string, isMember: boolean): boolean | Promise<boolean> {
    return isMember;
  }
}
