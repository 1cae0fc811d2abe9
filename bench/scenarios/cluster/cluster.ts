import { ClusterClients } from '../../load/cluster/cluster-clients.js';
import { RedisProcess } from '../../processes/redis-process.js';
import { readingTable } from '../../report/table.js';
import type { Bench, Scenario } from '../scenario.js';
import { joined, withFleet } from './fleet.js';
import { CLUSTER_PARTS } from './parts.js';

/** Several nodes over one Redis: what they promise together, and what it costs. */
export const cluster: Scenario = {
  title: 'several nodes',
  isAlone: true,
  generators: 0,
  async run(bench) {
    const { scale, parts, note } = bench;
    const reason = RedisProcess.unavailable();
    if (reason !== undefined) {
      console.warn(`SKIPPED: cluster ${reason}.\n`);
      note(`cluster was skipped: it ${reason}`);
      return;
    }
    const clients = await ClusterClients.start();
    const groups = scale.sharesServers ? [parts] : parts.map((part) => [part]);
    for (const group of groups) await measure(bench, clients, group);
    await clients.stop();
  },
};

/** Measures parts one after the other with the same nodes. */
async function measure(bench: Bench, clients: ClusterClients, names: readonly string[]): Promise<void> {
  const { note, readings } = bench;
  const scale = bench.scale.cluster;
  const parts = names.flatMap((name) => {
    const part = CLUSTER_PARTS[name];
    return part ? [{ name, part, options: part.fleet(scale) }] : [];
  });
  try {
    await withFleet(joined(parts.map(({ options }) => options)), note, async (fleet) => {
      for (const { name, part, options } of parts) {
        const measured = await part.measure({ scale, clients, note }, fleet.first(options.nodes));
        readings.push(...measured.map((reading) => ({ part: name, ...reading })));
        console.log(`${readingTable('several nodes', measured)}\n`);
      }
    });
  } catch (error) {
    // Others have nodes of their own.
    const what = `${names.join(', ')} ${names.length === 1 ? 'was' : 'were'} not measured`;
    console.error(`${what}:`, error);
    note(what);
    process.exitCode = 1;
  }
}
