import type { Part } from './part.js';

// A client that is away for a tenth of a second misses 200 pushes.
const ENV = { WS_RESUME: 'true', WS_RESUME_MAX_MESSAGES: '10000', WS_RESUME_MAX_BYTES: '4194304' };
const PUSHING_MS = 500;

/** Clients move between three nodes, without a word to the one they leave, while one of the nodes pushes to their room. */
export const moves: Part = {
  fleet: () => ({ nodes: 3, isUndisturbed: true, env: ENV }),
  async measure({ scale, clients, note }, { nodes: [publisher], ports }) {
    const { clients: count, moves: each, everyMs, perSecond } = scale.moves;
    const progress = { isOver: false };
    const moving = clients
      .move({ ports, clients: count, moves: each, everyMs })
      .finally(() => (progress.isOver = true));
    while (!progress.isOver) {
      const pushed = await publisher?.push({ perSecond, durationMs: PUSHING_MS });
      if (pushed && pushed.failed > 0) note(`${pushed.failed} pushes were refused while clients moved`);
    }
    const result = await moving;
    const what = `${result.moves} moves under ${perSecond} pushes/s`;
    const none = { digits: 0, unit: '', reach: ['=', 0] as const };
    return [
      { ...none, what: `${what}: sessions not recovered`, value: result.notRecovered },
      { ...none, what: `${what}: pushes lost`, value: result.lost },
      { ...none, what: `${what}: pushes doubled`, value: result.doubled },
      { what: `${what}: pushes received`, value: result.pushes, digits: 0, unit: '' },
    ];
  },
};
