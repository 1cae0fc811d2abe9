import type { Part } from './part.js';

const CAP = 100;

/** One user connects a thousand times at once, half of them to each of two nodes. */
export const places: Part = {
  fleet: () => ({ nodes: 2, isUndisturbed: true, env: { WS_MAX_CONNECTIONS_PER_USER: String(CAP) } }),
  async measure({ scale, clients, note }, { ports }) {
    const counts: number[] = [];
    for (let round = 0; round < scale.places.rounds; round++) {
      const order = { user: `crowd-${round}`, ports, count: scale.places.connects };
      const { accepted, refused } = await clients.crowd(order);
      counts.push(accepted);
      const others = Object.entries(refused).filter(([status]) => status !== '429');
      if (others.length > 0)
        note(`connects were refused by other codes than 429: ${JSON.stringify(refused)}`);
    }
    const what = `${scale.places.connects} connects at once on two nodes, cap ${CAP}`;
    const reading = { digits: 0, unit: '', reach: ['=', Math.min(CAP, scale.places.connects)] as const };
    return [
      { ...reading, what: `${what}: fewest accepted of ${counts.length} times`, value: Math.min(...counts) },
      { ...reading, what: `${what}: most`, value: Math.max(...counts) },
    ];
  },
};
