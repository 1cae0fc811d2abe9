import type { Part, Reading } from './part.js';
import type { Accepted } from '../../servers/accepted.js';
import { FLOODED, MOST_COST } from '../../servers/flooded.js';

/** Messages a second of a flooder, a node. With costs of 13 on average, this is far beyond the limit as well. */
const PER_NODE = 50;
const LEAST = 95;
/** What Redis does not decide in time is refused: by default each node would count it for itself. */
const ENV = { WS_REDIS_OUTAGE: 'deny', BENCH_WATCH: 'true' };
const COSTS = Array.from({ length: MOST_COST }, (_, index) => `cost-${index + 1}`);

/**
 * Several users flood a limit at the same time, each over other nodes. The time of a message is that at which the storage
 * accepted it, as far as it is known. The first window does not count for the average, because it begins with a full budget.
 */
export const limit: Part = {
  fleet: ({ limit: { nodeCounts } }) => ({ nodes: Math.max(...nodeCounts), isUndisturbed: true, env: ENV }),
  async measure({ scale, clients }, { nodes, ports }) {
    const { nodeCounts, durationMs } = scale.limit;
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
      const hits = byNode
        .flatMap((keys) => Object.entries(keys))
        .flatMap(([key, some]) => (key.endsWith(`:${user}`) ? some : []))
        .toSorted((a, b) => a.before - b.before);
      return readingsOf(user, hits);
    });
  },
};

function readingsOf(user: string, hits: readonly Accepted[]): Reading[] {
  const { limit: most, ttl } = FLOODED;
  const from = (hits[0]?.before ?? 0) + ttl;
  const windows = Math.floor(((hits.at(-1)?.before ?? 0) - from) / ttl);
  const counted = hits.filter(({ before }) => before >= from && before < from + windows * ttl);
  const perWindow = windows < 1 ? NaN : counted.reduce((sum, { cost }) => sum + cost, 0) / windows;
  const what = `limit of ${most} in ${ttl / 1000} s, ${user}`;
  const reading = { digits: 1, unit: '' };
  return [
    { ...reading, what: `${what}: most in any window`, value: mostOf(hits, ttl), reach: ['≤', most] },
    { ...reading, what: `${what}: accepted a window`, value: perWindow, reach: ['≥', LEAST] },
  ];
}

/** The most that was accepted in any window. A hit that may have been accepted outside of a window is not in it. */
function mostOf(hits: readonly Accepted[], ttl: number): number {
  const sums = hits.map(({ after: start }) =>
    hits
      .filter(({ after, before }) => after >= start && before < start + ttl)
      .reduce((sum, { cost }) => sum + cost, 0),
  );
  return Math.max(0, ...sums);
}
