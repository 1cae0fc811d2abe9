import { Injectable } from '@nestjs/common';
import { type Connection, ConnectionLifecycleService } from 'nestjs-ws-security';

/** Who listens where. A room exists as long as somebody is in it. */
@Injectable()
export class ChatRooms {
  private readonly rooms = new Map<string, Set<Connection>>();

  constructor(lifecycle: ConnectionLifecycleService) {
    lifecycle.events.subscribe(({ type, connection }) => {
      if (type === 'closed') this.leaveAll(connection);
    });
  }

  join(room: string, connection: Connection): void {
    const members = this.rooms.get(room);
    if (members) members.add(connection);
    else this.rooms.set(room, new Set([connection]));
  }

  send(room: string, event: string, data: unknown): void {
    for (const connection of this.rooms.get(room) ?? []) connection.push(event, data);
  }

  private leaveAll(connection: Connection): void {
    for (const [room, members] of this.rooms) {
      members.delete(connection);
      if (members.size === 0) this.rooms.delete(room);
    }
  }
}
