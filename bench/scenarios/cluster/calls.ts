import type { ClusterBench, Part, Reading } from './part.js';
import type { Fleet } from './fleet.js';
import { FLOODED } from '../../servers/flooded.js';

const FLOOD_PER_SECOND = 200;
const MOST = 0.1;

/**
 * Calls of Redis a message. Every user is connected to both nodes and sends on either of them, which takes more calls
 * than users who stay on one. 2,000 users with 100 messages a minute each use 60 % of that at 2,000 messages a second.
 * This goes on for a window before it is measured. At 10,000 they use up what is left within seconds and are then refused
 * most of the time, and both is measured.
 */
export const calls: Part = {
  fleet: () => ({ nodes: 2, isUndisturbed: true, env: { WS_RATE_LIMIT: '100', WS_RATE_TTL_MS: '60000' } }),
  async measure(bench, fleet) {
    const { users, flows } = bench.scale.calls;
    const readings: Reading[] = [];
    await bench.clients.open({ ports: fleet.ports, users });
    for (const { perSecond, warmUpMs, durationMs } of flows) {
      await bench.clients.traffic({ perSecond, durationMs: warmUpMs });
      const before = await fleet.redis.calls();
      const { sent, unanswered, generatorLoad } = await bench.clients.traffic({ perSecond, durationMs });
      const made = (await fleet.redis.calls()) - before;
      if (unanswered > 0) bench.note(`${unanswered} of ${sent} messages of many users were not answered`);
      if (generatorLoad > 0.9) bench.note(`the clients were the limit at ${perSecond} messages/s`);
      readings.push(reading(`${users} users, ${perSecond} messages/s`, made / sent));
    }
    await bench.clients.close();
    readings.push(await flooded(bench, fleet));
    return readings;
  },
};

/** One user sends ten times the limit on both nodes. */
async function flooded({ clients, scale }: ClusterBench, { redis, ports }: Fleet): Promise<Reading> {
  const before = await redis.calls();
  const sent = await clients.flood({
    flooders: [{ user: 'flooder', ports, events: ['single'], perSecond: FLOOD_PER_SECOND }],
    durationMs: scale.calls.floodMs,
  });
  const made = (await redis.calls()) - before;
  return reading(`two nodes flooding ${FLOODED.limit} in ${FLOODED.ttl / 1000} s`, made / sent);
}

function reading(what: string, value: number): Reading {
  return { what: `calls a message: ${what}`, value, digits: 3, unit: '', reach: ['<', MOST] };
}
