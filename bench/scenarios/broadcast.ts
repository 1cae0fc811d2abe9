import { maxSockets } from '../processes/open-files.js';
import { ECHO_DATA } from '../load/echo.js';
import { interleaved, type Scenario } from './scenario.js';

/** Broadcasts per turn of the event loop: one alone, and several as when many clients send at once. */
const TOGETHER = [1, 10];

/** The same frame to all clients, compared to a loop of `ws.send` with a text that was serialised once. */
export const broadcast: Scenario = {
  title: 'broadcast',
  async run({ scale, peers, load, samples, note }) {
    const { times } = scale.broadcast;
    const receivers = Math.min(scale.broadcast.receivers, maxSockets());
    if (receivers < scale.broadcast.receivers) {
      note(`broadcasts went to ${receivers} receivers: the limit of open files allows no more`);
    }
    const able = peers.filter(({ peer }) => peer.broadcasts);
    await interleaved(able, scale.rounds, async ({ name, peer, server }, round) => {
      await load.open({ ...server.target, dialect: peer.dialect, count: receivers, spread: true });
      await load.listen(receivers);
      await server.broadcast(1, 1, ECHO_DATA);
      await load.heard();

      const deliveries = receivers * times;
      for (const together of TOGETHER) {
        await load.listen(deliveries);
        const before = await server.cpu();
        const started = performance.now();
        await Promise.all([load.heard(), server.broadcast(times, together, ECHO_DATA)]);
        const elapsedMs = performance.now() - started;
        const cpu = (await server.cpu()) - before;
        samples.add({
          scenario: 'broadcast',
          variant: `${receivers} receivers, ${together === 1 ? 'one event' : `${together} events`} at a time`,
          peer: name,
          round,
          values: { perCpuSecond: (deliveries * 1e6) / cpu, perSecond: (deliveries * 1000) / elapsedMs },
        });
      }
      await load.close();
    });
  },
};
