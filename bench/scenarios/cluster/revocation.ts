import { setTimeout as delay } from 'node:timers/promises';
import { monotonic } from '../../processes/monotonic.js';
import { quantile } from '../../report/statistics.js';
import type { ClusterBench, Part } from './part.js';
import type { Fleet } from './fleet.js';

const PATIENCE_MS = 20_000;

/**
 * From the call of `revokeUser()` on one node until a client of the other node is disconnected. Healthy, and when all
 * lines of the other node to Redis have just become silent without being closed.
 */
export const revocation: Part = {
  fleet: () => ({ nodes: 2, relayedFrom: 1 }),
  async measure(bench, fleet) {
    const { times, silences } = bench.scale.revocation;
    const healthy: number[] = [];
    for (let n = 0; n < times; n++) healthy.push(await revoke(bench, fleet, `healthy-${n}`));
    const silent: number[] = [];
    for (let n = 0; n < silences; n++) {
      // At any moment between two beats and two reads.
      await delay(1000 + Math.random() * 1000);
      const since = monotonic();
      silent.push(await revoke(bench, fleet, `silent-${n}`, () => fleet.relays[1]?.silence()));
      await recovered(bench, fleet, since);
    }
    const ms = { digits: 0, unit: 'ms' };
    return [
      { ...ms, what: 'revocation elsewhere, healthy: p50', value: quantile(healthy, 0.5) },
      {
        ...ms,
        what: 'revocation elsewhere, healthy: p99',
        value: quantile(healthy, 0.99),
        reach: ['<', 100],
      },
      {
        ...ms,
        what: `revocation elsewhere, line silently dead: longest of ${silences}`,
        value: Math.max(...silent),
        reach: ['<', 2000],
      },
    ];
  },
};

/** Waits until the other node has new lines, and knows again what is revoked, so that it lets clients in. */
async function recovered(
  { clients }: ClusterBench,
  { nodes: [, other] }: Fleet,
  since: number,
): Promise<void> {
  if (!other) return;
  const hasLine = async (): Promise<boolean> =>
    (await other.told()).findLast(({ at }) => at > since)?.type === 'cluster.up';
  while (!(await hasLine()) || !(await clients.isAdmitting(other.port))) {
    if (monotonic() > since + PATIENCE_MS) throw new Error('a node does not recover from silent lines');
    await delay(50);
  }
}

async function revoke(
  { clients }: ClusterBench,
  { nodes: [one, other] }: Fleet,
  user: string,
  before?: () => void,
): Promise<number> {
  if (!one || !other) throw new Error('there are not two nodes');
  await clients.watch({ port: other.port, user });
  const closed = clients.closed();
  before?.();
  const at = await one.revoke(user);
  return ((await closed) ?? Infinity) - at;
}
