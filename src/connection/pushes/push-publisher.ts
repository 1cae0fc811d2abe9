import { Injectable } from '@nestjs/common';
import { Counters } from '../../counters/counters.js';
import { type Audience, BroadcastBus } from '../../nodes/broadcast-bus.js';
import type { Connection } from '../connection.js';
import { Rooms } from '../rooms/rooms.js';

/** Publishes pushes on the bus, which delivers them to all nodes. */
@Injectable()
export class PushPublisher {
  constructor(
    private readonly rooms: Rooms,
    private readonly bus: BroadcastBus,
    private readonly counters: Counters,
  ) {}

  // Without `await`, because each method that waits adds a promise to every push.
  sendToRoom(room: string, event: string, data: unknown, sender?: Connection): Promise<void> {
    const push = (): Promise<void> => this.publish({ to: 'room', room }, event, data);
    return sender ? this.rooms.checkSend(sender, room).then(push) : push();
  }

  sendToUser(id: string, event: string, data: unknown, issuer?: string | null): Promise<void> {
    return this.publish({ to: 'user', id, ...(issuer !== undefined && { issuer }) }, event, data);
  }

  broadcast(event: string, data: unknown): Promise<void> {
    return this.publish({ to: 'everyone' }, event, data);
  }

  private async publish(audience: Audience, event: string, data: unknown): Promise<void> {
    // Values that JSON omits (a function, undefined) are sent as null.
    const json = JSON.stringify(data) ?? 'null';
    await this.counters.stores.ask('bus', () => this.bus.publish({ audience, event, json }));
  }
}
