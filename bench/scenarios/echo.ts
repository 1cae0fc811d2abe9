import { echoSlice, nameOf } from './echo-slice.js';
import { interleaved, type Scenario } from './scenario.js';

const SATURATED = 0.95;

/** The cost of one small message and its answer. */
export const echo: Scenario = {
  title: 'echo',
  async run({ scale, peers, tls, load, samples, note }) {
    const { loads, warmUpMs, durationMs } = scale.echo;
    for (const one of loads) {
      if (tls && one.isPlain) continue;
      const variant = nameOf(one);
      await interleaved(peers, scale.rounds, async ({ name, peer, server }, round) => {
        const order = { ...one, dialect: peer.dialect, warmUpMs, durationMs };
        const slice = await echoSlice(load, server, order);
        const { messages, elapsedMs, clientCpu, generatorLoad, cpu } = slice;
        if (generatorLoad > SATURATED && cpu / 1000 / elapsedMs < SATURATED) {
          note(`${name} could do more messages/s with ${variant}: the clients were the limit`);
        }
        const values = {
          perSecond: (messages * 1000) / elapsedMs,
          cpuUs: cpu / messages,
          clientUs: clientCpu / messages,
          generatorLoad,
        };
        samples.add({ scenario: 'echo', variant, peer: name, round, values });
      });
    }
  },
};
