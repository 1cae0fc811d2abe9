import { setTimeout as delay } from 'node:timers/promises';
import { monotonic } from '../../processes/monotonic.js';
import type { ClusterBench } from './part.js';
import type { Fleet } from './fleet.js';

const PATIENCE_MS = 20_000;
const EVERY_MS = 20;
/** A push arrives within this time, or not at all. */
const PUSH_MS = 100;

/**
 * Waits until no node says any more that Redis is away, lets in a client with a token, and a push of one node reaches a
 * member on each. The members have to be there already.
 *
 * @param since monotonic milliseconds at which the outage began
 * @param backAt when Redis was back
 * @returns milliseconds since Redis was back; infinite when it took too long
 */
export async function healed(
  bench: ClusterBench,
  fleet: Fleet,
  since: number,
  backAt: number,
): Promise<number> {
  while (monotonic() - backAt < PATIENCE_MS) {
    if (await isHealthy(bench, fleet, since)) return monotonic() - backAt;
    await delay(EVERY_MS);
  }
  return Infinity;
}

async function isHealthy({ clients }: ClusterBench, fleet: Fleet, since: number): Promise<boolean> {
  const { nodes, ports } = fleet;
  for (const node of nodes) {
    const told = (await node.told()).filter(({ at }) => at > since);
    const last = told.findLast(({ type }) => type === 'cluster.up' || type === 'cluster.down');
    // One that never found Redis away has nothing to say.
    if (last?.type === 'cluster.down') return false;
  }
  const admitted = await Promise.all(ports.map((port) => clients.isAdmitting(port)));
  if (admitted.includes(false)) return false;
  const before = await clients.reached();
  await nodes[0]?.pushOnce();
  const deadline = monotonic() + PUSH_MS;
  while (monotonic() < deadline) {
    if ((await clients.reached()) - before === nodes.length) return true;
    await delay(2);
  }
  return false;
}
