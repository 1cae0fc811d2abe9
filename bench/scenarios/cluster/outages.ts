import { setTimeout as delay } from 'node:timers/promises';
import type { HonestResult } from '../../load/cluster/honest.js';
import { monotonic } from '../../processes/monotonic.js';
import { quantile } from '../../report/statistics.js';
import { type Fault, FAULTS } from './faults.js';
import type { Fleet } from './fleet.js';
import { healed } from './healing.js';
import { MemoryWatch } from './memory-watch.js';
import type { ClusterBench, Part, Reading } from './part.js';

const NODES = 2;
const ENV = { WS_RATE_LIMIT: '100', WS_RATE_TTL_MS: '10000', WS_REDIS_OUTAGE: 'local' };
const MOST_AT_FIRST_MS = 500;
/** "At once", with some room for other work of the machine. */
const MOST_LATER_MS = 50;
/** A message that waits for so long waits for Redis. */
const WAITED_MS = 100;
const MOST_MB = 32;
const MOST_HEALING_MS = 3000;

/**
 * Users send messages over two nodes, which push as well, while something happens to Redis. Their limits are lent, and
 * half used. Then Redis is back.
 */
export const outages: Part = {
  fleet: () => ({ nodes: NODES, relayedFrom: 0, env: ENV }),
  async measure(bench, fleet) {
    const { warmUpMs: durationMs } = bench.scale.outages;
    await bench.clients.join(fleet.ports);
    await bench.clients.honest({ ...traffic(bench, fleet), durationMs });
    const readings: Reading[] = [];
    for (const fault of FAULTS) readings.push(...(await during(bench, fleet, fault)));
    await bench.clients.close();
    return readings;
  },
};

function traffic({ scale }: ClusterBench, { ports }: Fleet) {
  const { users, perSecond } = scale.outages;
  return { ports, users, perSecond };
}

async function during(bench: ClusterBench, fleet: Fleet, fault: Fault): Promise<Reading[]> {
  const { beforeMs, faultMs, afterMs, pushesPerSecond } = bench.scale.outages;
  const durationMs = beforeMs + faultMs + afterMs;
  const sending = bench.clients.honest({ ...traffic(bench, fleet), durationMs });
  const pushing = fleet.nodes[0]?.push({ perSecond: pushesPerSecond, durationMs: beforeMs + faultMs });
  const memory = new MemoryWatch(fleet.nodes);
  await delay(beforeMs);
  const usual = memory.takeMost();
  const begunAt = monotonic();
  await fault.begin(fleet);
  await delay(faultMs);
  await fault.end(fleet);
  const backAt = monotonic();
  const healingMs = await healed(bench, fleet, begunAt, backAt);
  const result = await sending;
  await pushing;
  await memory.stop();
  const grownMb = (memory.takeMost() - usual) / 2 ** 20;
  if (result.generatorLoad > 0.9) bench.note('the clients were the limit while Redis was away');
  return [
    ...waits(fault, result, begunAt, backAt),
    {
      what: `Redis ${fault.name}: memory of a node`,
      value: Math.max(0, grownMb),
      digits: 1,
      unit: 'MB',
      reach: ['≤', MOST_MB],
    },
    {
      what: `Redis ${fault.name}: healthy again`,
      value: healingMs,
      digits: 0,
      unit: 'ms',
      reach: ['≤', MOST_HEALING_MS],
    },
  ];
}

function waits(
  { name }: Fault,
  { answered, unanswered }: HonestResult,
  begunAt: number,
  backAt: number,
): Reading[] {
  const byNode = Array.from({ length: NODES }, (_, node) =>
    split(answered.filter((one) => one[2] === node && one[0] >= begunAt && one[0] < backAt)),
  );
  const later = byNode.flatMap((one) => one.later);
  const msOf = (from: number, to: number): number[] =>
    answered.filter(([at]) => at >= from && at < to).map(([, ms]) => ms);
  const what = `Redis ${name}`;
  const ms = { digits: 0, unit: 'ms' };
  return [
    {
      ...ms,
      what: `${what}: longest wait of a message, first second`,
      value: unanswered > 0 ? Infinity : Math.max(...byNode.flatMap(({ first }) => first)),
      reach: ['≤', MOST_AT_FIRST_MS],
    },
    {
      ...ms,
      what: `${what}: p99 after that`,
      value: later.length > 0 ? quantile(later, 0.99) : 0,
      reach: ['≤', MOST_LATER_MS],
    },
    { ...ms, what: `${what}: longest after that`, value: Math.max(0, ...later) },
    { ...ms, what: `${what}: longest before`, value: Math.max(0, ...msOf(-Infinity, begunAt)) },
    { ...ms, what: `${what}: longest once it is back`, value: Math.max(0, ...msOf(backAt, Infinity)) },
  ];
}

/**
 * How long the messages of one node waited: in the second that begins with the first one that had to wait, before which
 * all were decided from what was lent, and after it.
 */
function split(answered: HonestResult['answered']): { first: number[]; later: number[] } {
  const start = Math.min(...answered.filter(([, ms]) => ms > WAITED_MS).map(([at]) => at));
  const isFirst = (at: number): boolean => at < start + 1000;
  return {
    first: answered.filter(([at]) => isFirst(at)).map(([, ms]) => ms),
    later: answered.filter(([at]) => !isFirst(at)).map(([, ms]) => ms),
  };
}
