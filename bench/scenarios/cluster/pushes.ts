import { setTimeout as delay } from 'node:timers/promises';
import { quantile } from '../../report/statistics.js';
import type { NodeProcess } from '../../processes/node-process.js';
import type { ClusterBench, Part, Reading } from './part.js';
import { cpuOf, type Fleet } from './fleet.js';

const NODES = 3;
const ARRIVAL_MS = 500;
const MOST_P99_MS = 50;
const MOST_US = 40;

/**
 * One of three nodes pushes to a room with a member on each. The publisher is a timer of a millisecond in the node; what
 * this timer costs without pushes is measured as well, and subtracted.
 */
export const pushes: Part = {
  fleet: () => ({ nodes: NODES, isUndisturbed: true }),
  async measure(bench, fleet) {
    const readings: Reading[] = [];
    await bench.clients.join(fleet.ports);
    for (const perSecond of bench.scale.pushes.rates) readings.push(...(await at(bench, fleet, perSecond)));
    await bench.clients.close();
    return readings;
  },
};

async function at(bench: ClusterBench, fleet: Fleet, perSecond: number): Promise<Reading[]> {
  const { clients, note, scale } = bench;
  const { warmUpMs, durationMs } = scale.pushes;
  const [publisher, ...receivers] = fleet.nodes;
  if (!publisher) throw new Error('there is no node');
  const push = (ms: number, isDry = false) => publisher.push({ perSecond, durationMs: ms, isDry });
  await push(warmUpMs);
  // The last ones are stored, and on their way.
  await delay(ARRIVAL_MS);
  await clients.members();
  const dry = await used(publisher, receivers, fleet, () => push(durationMs, true));
  const wet = await used(publisher, receivers, fleet, () => push(durationMs));
  await delay(ARRIVAL_MS);
  const { latencies, wrong } = await clients.members();
  const { pushed, failed } = wet.result;
  if (failed > 0) note(`${failed} of ${pushed} pushes were refused at ${perSecond}/s`);
  if (wrong > 0) note(`pushes at ${perSecond}/s came lost, doubled or out of order ${wrong} times`);
  if (latencies.length !== pushed * NODES)
    note(`${latencies.length} of ${pushed * NODES} pushes came at ${perSecond}/s`);
  const us = {
    publisher: (wet.publisher - dry.publisher) / pushed,
    receiver: (wet.receivers - dry.receivers) / pushed / receivers.length,
    redis: (wet.redis - dry.redis) / pushed,
  };
  const what = `push to a room over three nodes, ${perSecond}/s`;
  return [
    { what: `${what}: p50`, value: quantile(latencies, 0.5), digits: 1, unit: 'ms' },
    {
      what: `${what}: p99`,
      value: quantile(latencies, 0.99),
      digits: 1,
      unit: 'ms',
      reach: ['<', MOST_P99_MS],
    },
    {
      what: `${what}: CPU of publisher, receiver and Redis`,
      value: us.publisher + us.receiver + us.redis,
      digits: 1,
      unit: 'µs',
      reach: ['≤', MOST_US],
    },
    { what: `${what}: publisher`, value: us.publisher, digits: 1, unit: 'µs' },
    { what: `${what}: one receiver`, value: us.receiver, digits: 1, unit: 'µs' },
    { what: `${what}: Redis`, value: us.redis, digits: 1, unit: 'µs' },
  ];
}

async function used<T>(
  publisher: NodeProcess,
  receivers: readonly NodeProcess[],
  { redis }: Fleet,
  work: () => Promise<T>,
): Promise<{ result: T; publisher: number; receivers: number; redis: number }> {
  const before = [await publisher.cpu(), await cpuOf(receivers), redis.cpu()] as const;
  const result = await work();
  return {
    result,
    publisher: (await publisher.cpu()) - before[0],
    receivers: (await cpuOf(receivers)) - before[1],
    redis: redis.cpu() - before[2],
  };
}
