import { securedEnvironment } from '../../peers/limits.js';
import { NodeProcess } from '../../processes/node-process.js';
import { median } from '../../report/statistics.js';
import type { ClusterBench, Part, Reading } from './part.js';
import { cpuOf, type Fleet, withFleet } from './fleet.js';

const MOST = 1.25;
// With 2,000 users these are 60 % of the limit at 10,000 messages a second, and 12 % at 2,000.
const LIMITS = { WS_RATE_LIMIT: '83', WS_RATE_TTL_MS: '10000' };

/**
 * CPU of the nodes a message, with limits over Redis and in memory. Both pairs of nodes get the same messages in turns.
 * In memory each node counts for itself, so nothing is refused there either.
 */
export const cpu: Part = async (bench) =>
  withFleet({ nodes: 2, env: LIMITS }, async (fleet) => {
    const env = { ...(await securedEnvironment()), ...LIMITS };
    const alone = await Promise.all([0, 1].map((n) => NodeProcess.start(`memory node ${n}`, env)));
    try {
      const readings: Reading[] = [];
      for (const perSecond of bench.scale.cpu.rates)
        readings.push(...(await compared(bench, fleet, alone, perSecond)));
      return readings;
    } finally {
      await Promise.all(alone.map((node) => node.stop()));
    }
  });

async function compared(
  bench: ClusterBench,
  fleet: Fleet,
  alone: readonly NodeProcess[],
  perSecond: number,
): Promise<Reading[]> {
  const { rounds } = bench.scale.cpu;
  const leased: number[] = [];
  const memory: number[] = [];
  const redis: number[] = [];
  for (let round = 0; round < rounds; round++) {
    memory.push(await cpuOfMessage(bench, alone, perSecond));
    const before = fleet.redis.cpu();
    leased.push(await cpuOfMessage(bench, fleet.nodes, perSecond));
    // Together with the warm-up, which costs Redis the same.
    const { warmUpMs, durationMs } = bench.scale.cpu;
    redis.push(((fleet.redis.cpu() - before) * 1000) / (perSecond * (warmUpMs + durationMs)));
  }
  const ratio = median(leased.map((cpuUs, round) => cpuUs / (memory[round] as number))) ?? NaN;
  const what = `CPU a message at ${perSecond} messages/s`;
  const us = { digits: 1, unit: 'µs' };
  return [
    { what: `${what}: leased ÷ in memory`, value: ratio, digits: 2, unit: '', reach: ['≤', MOST] },
    { ...us, what: `${what}: node, in memory`, value: median(memory) ?? NaN },
    { ...us, what: `${what}: node, leased`, value: median(leased) ?? NaN },
    { ...us, what: `${what}: Redis, leased`, value: median(redis) ?? NaN },
  ];
}

async function cpuOfMessage(
  { scale, clients, note }: ClusterBench,
  nodes: readonly NodeProcess[],
  perSecond: number,
): Promise<number> {
  const { users, warmUpMs, durationMs } = scale.cpu;
  await clients.open({ ports: nodes.map(({ port }) => port), users });
  await clients.traffic({ perSecond, durationMs: warmUpMs });
  const before = await cpuOf(nodes);
  const { sent, refused, generatorLoad } = await clients.traffic({ perSecond, durationMs });
  const used = (await cpuOf(nodes)) - before;
  await clients.close();
  if (refused > sent / 100) note(`${refused} of ${sent} messages were refused while CPU was measured`);
  if (generatorLoad > 0.9) note(`the clients were the limit at ${perSecond} messages/s`);
  return used / sent;
}
