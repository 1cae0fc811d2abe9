import { Injectable } from '@nestjs/common';
import { type Broadcast, BroadcastBus } from 'nestjs-ws-security';

/** A message broker that delivers the messages of a channel to all subscribers in one order. */
export abstract class PubSub {
  abstract publish(channel: string, text: string): Promise<void>;
  abstract subscribe(channel: string, onText: (text: string) => void): Promise<void>;
  abstract onReconnected(callback: () => void): void;
}

const CHANNEL = 'ws-pushes';

/** Sends pushes to all nodes through a message broker. It has no positions, so sessions do not move between nodes. */
@Injectable()
export class PubSubBus extends BroadcastBus {
  constructor(private readonly broker: PubSub) {
    super();
  }

  override publish(broadcast: Broadcast): Promise<void> {
    return this.broker.publish(CHANNEL, JSON.stringify(broadcast));
  }

  override async subscribe(deliver: (broadcast: Broadcast) => void, gap: () => void): Promise<void> {
    // Messages may have been lost while the connection to the broker was down.
    this.broker.onReconnected(gap);
    await this.broker.subscribe(CHANNEL, (text) => deliver(JSON.parse(text) as Broadcast));
  }
}
