import type { Part, Reading } from './part.js';
import { withFleet } from './fleet.js';
import { type Accepted, FLOODED, MOST_COST } from '../../servers/limited.gateways.js';

/** Messages a second of a flooder, a node. With costs of 13 on average, this is far beyond the limit as well. */
const PER_NODE = 50;
const LEAST = 95;
/** What Redis does not decide in time is refused: by default each node would count it for itself. */
const ENV = { WS_REDIS_OUTAGE: 'deny' };
const COSTS = Array.from({ length: MOST_COST }, (_, index) => `cost-${index + 1}`);

/**
 * Several users flood a limit at the same time, each over other nodes. The time of a message is that of the handler
 * that got it. The first window does not count for the average, because it begins with a full budget.
 */
export const limit: Part = ({ scale, clients }) => {
  const { nodeCounts, durationMs } = scale.limit;
  return withFleet({ nodes: Math.max(...nodeCounts), env: ENV }, async ({ nodes, ports }) => {
    const flooders = nodeCounts.flatMap((count) =>
      (
        [
          [`costs of 1`, ['single']],
          [`costs of 1 to ${MOST_COST}`, COSTS],
        ] as const
      ).map(([costs, events]) => ({
        user: `${count} nodes, ${costs}`,
        ports: ports.slice(0, count),
        events,
        perSecond: count * PER_NODE,
      })),
    );
    await clients.flood({ flooders, durationMs });
    const byNode = await Promise.all(nodes.map((node) => node.accepted()));
    return flooders.flatMap(({ user }) => {
      const hits = byNode.flatMap((users) => users[user] ?? []).toSorted((a, b) => a.at - b.at);
      return readingsOf(user, hits);
    });
  });
};

function readingsOf(user: string, hits: readonly Accepted[]): Reading[] {
  const { limit: most, ttl } = FLOODED;
  const from = (hits[0]?.at ?? 0) + ttl;
  const windows = Math.floor(((hits.at(-1)?.at ?? 0) - from) / ttl);
  const counted = hits.filter(({ at }) => at >= from && at < from + windows * ttl);
  const perWindow = counted.reduce((sum, { cost }) => sum + cost, 0) / windows;
  const what = `limit of ${most} in ${ttl / 1000} s, ${user}`;
  const reading = { digits: 1, unit: '' };
  return [
    { ...reading, what: `${what}: most in any window`, value: mostOf(hits, ttl), reach: ['≤', most] },
    { ...reading, what: `${what}: accepted a window`, value: perWindow, reach: ['≥', LEAST] },
  ];
}

/** The most that was accepted in any window. */
function mostOf(hits: readonly Accepted[], ttl: number): number {
  let most = 0;
  let sum = 0;
  let first = 0;
  for (const { at, cost } of hits) {
    sum += cost;
    for (let oldest = hits[first]; oldest && oldest.at <= at - ttl; oldest = hits[++first])
      sum -= oldest.cost;
    most = Math.max(most, sum);
  }
  return most;
}
