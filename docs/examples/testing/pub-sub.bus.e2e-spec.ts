import { setImmediate, setTimeout } from 'node:timers/promises';
import { broadcastBusContract } from 'nestjs-ws-security/testing';
import { PubSub, PubSubBus } from '../pub-sub.bus.js';

/** A broker in this process that delivers later. Use your real broker instead. */
class MemoryBroker extends PubSub {
  private readonly subscribers: ((text: string) => void)[] = [];

  override async publish(_channel: string, text: string): Promise<void> {
    await setImmediate();
    for (const onText of this.subscribers) onText(text);
  }

  override async subscribe(_channel: string, onText: (text: string) => void): Promise<void> {
    await setImmediate();
    this.subscribers.push(onText);
  }

  override onReconnected(): void {}
}

describe('PubSubBus', () => {
  const cases = broadcastBusContract(() => {
    const broker = new MemoryBroker();
    return {
      nodes: [new PubSubBus(broker), new PubSubBus(broker)],
      pass: (ms) => setTimeout(ms),
      settle: () => setImmediate(),
    };
  });

  for (const { name, run } of cases) it(name, run);
});
