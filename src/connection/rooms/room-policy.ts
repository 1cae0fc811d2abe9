import { Injectable } from '@nestjs/common';
import type { Connection } from '../connection.js';

/**
 * Decides who may join a room and send to it. Replace it with a subclass to decide by tenant, by membership in a
 * database or by the name of the room.
 *
 * @publicApi
 */
@Injectable()
export class RoomPolicy {
  /** The maximum number of rooms per connection. */
  readonly maxRoomsPerConnection: number = 100;

  /**
   * Called when a connection joins a room, and again for each of its rooms when its principal changes.
   *
   * @returns whether it may be in the room; by default, if it is authenticated
   */
  canJoin(connection: Connection, _room: string): boolean | Promise<boolean> {
    return connection.principal.id !== null;
  }

  /**
   * Called for each message that a connection sends to a room.
   *
   * @param isMember whether the sender is in the room; by default, members may send
   */
  canSend(_sender: Connection, _room: string, isMember: boolean): boolean | Promise<boolean> {
    return isMember;
  }
}
