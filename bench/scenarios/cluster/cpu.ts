import { ClusterClients } from '../../load/cluster/cluster-clients.js';
import { securedEnvironment } from '../../peers/limits.js';
import { NodeProcess } from '../../processes/node-process.js';
import { median } from '../../report/statistics.js';
import type { ClusterBench, Part, Reading } from './part.js';
import { cpuOf, type Fleet } from './fleet.js';

const MOST = 1.25;
// With 2,000 users these are 60 % of the limit at 10,000 messages a second, and 12 % at 2,000.
const LIMITS = { WS_RATE_LIMIT: '83', WS_RATE_TTL_MS: '10000' };

/** Nodes, and clients of their own who are connected to all of them. */
interface Side {
  readonly nodes: readonly NodeProcess[];
  readonly clients: ClusterClients;
}

/**
 * CPU of the nodes a message, with limits over Redis and in memory. Both pairs of nodes get the same messages, in turns.
 * In memory each node counts for itself, so nothing is refused there either.
 */
export const cpu: Part = {
  fleet: ({ cpu: { nodes } }) => ({ nodes, isUndisturbed: true, env: LIMITS }),
  async measure(bench, fleet) {
    const env = { ...(await securedEnvironment()), ...LIMITS, WS_HEARTBEAT_INTERVAL_MS: '3600000' };
    const nodes = await Promise.all(fleet.nodes.map((_, n) => NodeProcess.start(`memory node ${n}`, env)));
    const memory: Side = { nodes, clients: await ClusterClients.start() };
    const leased: Side = { nodes: fleet.nodes, clients: bench.clients };
    try {
      for (const side of [memory, leased]) {
        const ports = side.nodes.map(({ port }) => port);
        await side.clients.open({ ports, users: bench.scale.cpu.users });
      }
      const readings: Reading[] = [];
      for (const perSecond of bench.scale.cpu.rates)
        readings.push(...(await compared(bench, fleet, { memory, leased }, perSecond)));
      await leased.clients.close();
      return readings;
    } finally {
      await Promise.all([memory.clients, ...memory.nodes].map((child) => child.stop()));
    }
  },
};

async function compared(
  bench: ClusterBench,
  { redis }: Fleet,
  sides: { readonly memory: Side; readonly leased: Side },
  perSecond: number,
): Promise<Reading[]> {
  const { rounds, warmUpMs: durationMs } = bench.scale.cpu;
  // One after the other: together they would be more than the machine can do.
  for (const { clients } of Object.values(sides)) await clients.traffic({ perSecond, durationMs });
  const memory: number[] = [];
  const leased: number[] = [];
  const inRedis: number[] = [];
  for (let round = 0; round < rounds; round++) {
    memory.push((await cpuOfMessage(bench, sides.memory, perSecond)).us);
    const before = redis.cpu();
    const { us, sent } = await cpuOfMessage(bench, sides.leased, perSecond);
    leased.push(us);
    inRedis.push((redis.cpu() - before) / sent);
  }
  const ratio = median(leased.map((us, round) => us / (memory[round] as number))) ?? NaN;
  const what = `CPU a message at ${perSecond} messages/s`;
  const us = { digits: 1, unit: 'µs' };
  return [
    { what: `${what}: leased ÷ in memory`, value: ratio, digits: 2, unit: '', reach: ['≤', MOST] },
    { ...us, what: `${what}: node, in memory`, value: median(memory) ?? NaN },
    { ...us, what: `${what}: node, leased`, value: median(leased) ?? NaN },
    { ...us, what: `${what}: Redis, leased`, value: median(inRedis) ?? NaN },
  ];
}

async function cpuOfMessage(
  { scale, note }: ClusterBench,
  { nodes, clients }: Side,
  perSecond: number,
): Promise<{ us: number; sent: number }> {
  const before = await cpuOf(nodes);
  const { durationMs } = scale.cpu;
  const { sent, refused, generatorLoad } = await clients.traffic({ perSecond, durationMs });
  const used = (await cpuOf(nodes)) - before;
  if (refused > sent / 100) note(`${refused} of ${sent} messages were refused while CPU was measured`);
  if (generatorLoad > 0.9) note(`the clients were the limit at ${perSecond} messages/s`);
  return { us: used / sent, sent };
}
