import { runContract } from '../../test/support/run-contract.js';
import { SharedLog, SharedLogBus } from '../../test/support/shared-log.js';
import { broadcastBusContract } from '../testing/contracts/broadcast-bus.contract.js';
import { type Broadcast, BroadcastBus, LocalBroadcastBus } from './broadcast-bus.js';

/** As an application may have written it before there were positions. */
class PlainBus extends BroadcastBus {
  private deliver: (broadcast: Broadcast) => void = () => undefined;

  async publish(broadcast: Broadcast): Promise<void> {
    await Promise.resolve();
    this.deliver(broadcast);
  }

  subscribe(deliver: (broadcast: Broadcast) => void): void {
    this.deliver = deliver;
  }
}

const pass = (): void => undefined;

runContract(
  'LocalBroadcastBus',
  broadcastBusContract(() => ({ nodes: [new LocalBroadcastBus()], pass })),
);

runContract(
  'two nodes on one log',
  broadcastBusContract(() => {
    const log = new SharedLog();
    return { nodes: [new SharedLogBus(log), new SharedLogBus(log)], pass };
  }),
);

it('a bus without positions knows that nothing lies between two equal ones, and nothing else', async () => {
  const bus = new PlainBus();
  expect(bus.position).toBe('');
  expect(await bus.between('', '')).toEqual([]);
  expect(await bus.between('', '1')).toBeUndefined();
});
