import { interleaved, type Scenario } from './scenario.js';

const SATURATED = 0.95;

/** The cost of one small message and its answer. */
export const echo: Scenario = {
  title: 'echo',
  async run({ scale, peers, tls, load, samples, note }) {
    const { loads, warmUpMs, durationMs } = scale.echo;
    for (const { connections: count, window, isPlain } of loads) {
      if (tls && isPlain) continue;
      const variant = variantOf(count, window);
      await interleaved(peers, scale.rounds, async ({ name, peer, server }, round) => {
        const { dialect } = peer;
        await load.open({ ...server.target, dialect, count, spread: false });
        await load.echo({ dialect, window, durationMs: warmUpMs });
        const before = await server.cpu();
        const result = await load.echo({ dialect, window, durationMs });
        const { messages, elapsedMs, clientCpu, generatorLoad } = result;
        const cpu = (await server.cpu()) - before;
        await load.close();
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

function variantOf(count: number, window: number): string {
  const connections = `${count} ${count === 1 ? 'connection' : 'connections'}`;
  return window === 1 ? `${connections}, one message at a time` : `${connections}, window ${window}`;
}
