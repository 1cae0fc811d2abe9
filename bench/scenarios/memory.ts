import { setTimeout as delay } from 'node:timers/promises';
import { maxSockets } from '../processes/open-files.js';
import { assertProtected } from '../protections/assert-protected.js';
import { interleaved, type Scenario } from './scenario.js';

const WARM_UP = 200;
const SETTLE_MS = 300;
const KB = 1024;

/** The memory of an idle connection. Figures need new processes, because memory of earlier runs would hide it. */
export const memory: Scenario = {
  title: 'memory',
  async run({ scale, peers, tls, load, samples, note }) {
    const count = Math.min(scale.memory.connections, maxSockets());
    if (count < scale.memory.connections) {
      note(`memory was measured with ${count} connections: the limit of open files allows no more`);
    }
    const warmUp = Math.min(WARM_UP, count);
    const weighed = peers.filter(({ peer }) => peer.weighed);
    await interleaved(weighed, scale.memory.rounds, async ({ name, peer, server: shared }, round) => {
      const server = scale.sharesServers ? shared : await peer.start({ env: tls ?? {} });
      const order = { ...server.target, dialect: peer.dialect, spread: true };
      await assertProtected(name, peer, server.target);
      // The first connections load and compile code, which does not count.
      await load.open({ ...order, count: warmUp });
      await load.close();
      await delay(SETTLE_MS);
      const before = await server.memory();
      await load.open({ ...order, count });
      await delay(SETTLE_MS);
      const after = await server.memory();
      const open = await load.openCount();
      if (open !== count) throw new Error(`${name}: only ${open} of ${count} connections stayed open`);
      await assertProtected(name, peer, server.target);
      await load.close();
      if (server !== shared) await server.stop();
      samples.add({
        scenario: 'memory',
        variant: `${count} idle connections`,
        peer: name,
        round,
        values: {
          rssKb: (after.rss - before.rss) / count / KB,
          heapKb: (after.heap - before.heap) / count / KB,
        },
      });
    });
  },
};
