import type { Broadcast, BroadcastBus } from '../../src/nodes/broadcast-bus.js';

/** What every `BroadcastBus` has to do. */
export function describeBroadcastBus(
  name: string,
  create: () => BroadcastBus | Promise<BroadcastBus>,
  settle: () => Promise<void> = () => Promise.resolve(),
): void {
  describe(`${name} as a BroadcastBus`, () => {
    let bus: BroadcastBus;
    let delivered: Broadcast[];

    beforeEach(async () => {
      bus = await create();
      delivered = [];
      bus.subscribe((broadcast) => delivered.push(broadcast));
    });

    it('brings what is published to its own node, whole and in order', async () => {
      const published: Broadcast[] = [
        { audience: { to: 'everyone' }, event: 'a', json: '{"n":1}' },
        { audience: { to: 'user', id: 'alice', issuer: null }, event: 'b', json: 'null' },
        { audience: { to: 'user', id: 'alice' }, event: 'b', json: '"\\u2028"' },
        { audience: { to: 'room', room: 'a:b c' }, event: 'c', json: '[]' },
      ];
      for (const broadcast of published) await bus.publish(broadcast);
      await settle();
      expect(delivered).toEqual(published);
    });
  });
}
