import type { Tokens } from '../load/handshakes.js';
import { interleaved, type RunningPeer, type Scenario } from './scenario.js';

const VARIANTS: Readonly<Record<Tokens, string>> = {
  new: 'accepted, with a token never seen before',
  known: 'accepted, with a token seen before',
  forged: 'refused, forged token',
};

/** Handshakes with a valid token, and with a forged one for servers that verify tokens. */
export const handshakes: Scenario = {
  title: 'handshakes',
  async run({ scale, peers, load, samples }) {
    const { concurrency, warmUpMs, durationMs } = scale.handshakes;
    const measure = async ({ name, peer, server }: RunningPeer, round: number, tokens: Tokens) => {
      const order = { port: server.port, dialect: peer.dialect, tokens, concurrency };
      await load.handshakes({ ...order, durationMs: warmUpMs });
      const before = await server.cpu();
      const { attempts, elapsedMs, generatorLoad } = await load.handshakes({ ...order, durationMs });
      const cpu = (await server.cpu()) - before;
      samples.add({
        scenario: 'handshakes',
        variant: VARIANTS[tokens],
        peer: name,
        round,
        values: { perSecond: (attempts * 1000) / elapsedMs, cpuUs: cpu / attempts, generatorLoad },
      });
    };
    await interleaved(peers, scale.rounds, (peer, round) => measure(peer, round, 'new'));
    await interleaved(peers, scale.rounds, (peer, round) => measure(peer, round, 'known'));
    const guarded = peers.filter(({ peer }) => peer.protection);
    await interleaved(guarded, scale.rounds, (peer, round) => measure(peer, round, 'forged'));
  },
};
