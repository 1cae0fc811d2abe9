import { echoSlice, nameOf } from './echo-slice.js';
import { interleaved, type Scenario } from './scenario.js';

const SATURATED = 0.95;

/** The cost of one small message and its answer. */
export const echo: Scenario = {
  title: 'echo',
  async run({ scale, peers, load, samples, note }) {
    const { loads, warmUpMs, durationMs } = scale.echo;
    for (const one of loads) {
      const variant = nameOf(one);
      await interleaved(peers, scale.rounds, async ({ name, peer, server }, round) => {
        const order = { ...one, dialect: peer.dialect, warmUpMs, durationMs };
        const { messages, elapsedMs, generatorLoad, cpu } = await echoSlice(load, server, order);
        if (generatorLoad > SATURATED && cpu / 1000 / elapsedMs < SATURATED) {
          note(`${name} could do more messages/s with ${variant}: the clients were the limit`);
        }
        const values = { perSecond: (messages * 1000) / elapsedMs, cpuUs: cpu / messages, generatorLoad };
        samples.add({ scenario: 'echo', variant, peer: name, round, values });
      });
    }
  },
};
