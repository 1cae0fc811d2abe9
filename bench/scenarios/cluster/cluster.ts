import { ClusterClients } from '../../load/cluster/cluster-clients.js';
import { RedisProcess } from '../../processes/redis-process.js';
import { readingTable } from '../../report/table.js';
import type { Scenario } from '../scenario.js';
import { CLUSTER_PARTS } from './parts.js';

/** Several nodes over one Redis: what they promise together, and what it costs. */
export const cluster: Scenario = {
  title: 'several nodes',
  isAlone: true,
  generators: 0,
  async run({ scale, parts, readings, note }) {
    const reason = RedisProcess.unavailable();
    if (reason !== undefined) {
      console.warn(`SKIPPED: cluster ${reason}.\n`);
      note(`cluster was skipped: it ${reason}`);
      return;
    }
    const clients = await ClusterClients.start();
    for (const name of parts) {
      const part = CLUSTER_PARTS[name];
      if (!part) continue;
      try {
        const measured = await part({ scale: scale.cluster, clients, note });
        readings.push(...measured.map((reading) => ({ part: name, ...reading })));
        console.log(`${readingTable('several nodes', measured)}\n`);
      } catch (error) {
        // The other parts have servers of their own.
        console.error(`${name} was not measured:`, error);
        note(`${name} was not measured`);
        process.exitCode = 1;
      }
    }
    await clients.stop();
  },
};
