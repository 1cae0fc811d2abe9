import { quantile } from '../report/statistics.js';
import { interleaved, type Scenario } from './scenario.js';

/** Response times of well-behaved clients, alone and during an attack with refused messages and forged tokens. */
export const attack: Scenario = {
  title: 'latency of others',
  isPlain: true,
  async run({ scale, peers, load, attacker, samples, note }) {
    const { victims, everyMs, durationMs, framesPerSecond, handshakesPerSecond } = scale.attack;
    const able = peers.filter(({ peer }) => peer.survivesGarbage);
    for (const variant of ['alone', 'beside an attacker'] as const) {
      await interleaved(able, scale.rounds, async ({ name, peer, server }, round) => {
        const { dialect } = peer;
        await load.open({ ...server.target, dialect, count: victims, spread: false });
        const attacked =
          variant === 'alone'
            ? Promise.resolve({ cutOff: 0 })
            : attacker.attack({
                ...server.target,
                dialect,
                durationMs,
                framesPerSecond,
                handshakesPerSecond,
              });
        const [{ latencies, unanswered }, { cutOff }] = await Promise.all([
          load.latency({ dialect, everyMs, durationMs }),
          attacked,
        ]);
        await load.close();
        if (unanswered > 0) note(`${name} left ${unanswered} messages unanswered ${variant}`);
        const values = { p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99), cutOff };
        samples.add({ scenario: 'attack', variant, peer: name, round, values });
      });
    }
  },
};
