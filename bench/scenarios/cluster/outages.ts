import { setTimeout as delay } from 'node:timers/promises';
import type { HonestResult } from '../../load/cluster/honest.js';
import { monotonic } from '../../processes/monotonic.js';
import { quantile } from '../../report/statistics.js';
import { type Fault, FAULTS } from './faults.js';
import { type Fleet, withFleet } from './fleet.js';
import { healed } from './healing.js';
import { MemoryWatch } from './memory-watch.js';
import type { ClusterBench, Part, Reading } from './part.js';

const NODES = 2;
const LIMITS = { WS_RATE_LIMIT: '100', WS_RATE_TTL_MS: '10000' };
const MOST_AT_FIRST_MS = 500;
/** "At once", with some room for other work of the machine. */
const MOST_LATER_MS = 50;
const MOST_MB = 32;
const MOST_HEALING_MS = 3000;

/**
 * Users send messages over two nodes, which push as well, while something happens to Redis. Their limits are lent, and
 * half used. Then Redis is back.
 */
export const outages: Part = (bench) =>
  withFleet({ nodes: NODES, relayedFrom: 0, env: LIMITS }, async (fleet) => {
    const { warmUpMs: durationMs } = bench.scale.outages;
    await bench.clients.join(fleet.ports);
    await bench.clients.honest({ ...traffic(bench, fleet), durationMs });
    const readings: Reading[] = [];
    for (const fault of FAULTS) readings.push(...(await during(bench, fleet, fault)));
    await bench.clients.close();
    return readings;
  });

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
  const longest = (from: number, to: number): number => Math.max(0, ...between(answered, from, to));
  const lost = unanswered.filter((at) => at < backAt).length;
  const later = between(answered, begunAt + 1000, backAt);
  const what = `Redis ${name}`;
  const ms = { digits: 0, unit: 'ms' };
  return [
    {
      ...ms,
      what: `${what}: longest wait of a message, first second`,
      value: lost > 0 ? Infinity : longest(begunAt, begunAt + 1000),
      reach: ['≤', MOST_AT_FIRST_MS],
    },
    {
      ...ms,
      what: `${what}: p99 after that`,
      value: quantile(later, 0.99),
      reach: ['≤', MOST_LATER_MS],
    },
    { ...ms, what: `${what}: longest after that`, value: Math.max(...later) },
    { ...ms, what: `${what}: longest before`, value: longest(-Infinity, begunAt - 1000) },
    { ...ms, what: `${what}: longest once it is back`, value: longest(backAt, Infinity) },
  ];
}

function between(answered: HonestResult['answered'], from: number, to: number): number[] {
  return answered.filter(([at]) => at >= from && at < to).map(([, ms]) => ms);
}
