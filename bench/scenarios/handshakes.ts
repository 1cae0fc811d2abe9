import { interleaved, type RunningPeer, type Scenario } from './scenario.js';

/** Connecting with a good token, and with a forged one where tokens are looked at. */
export const handshakes: Scenario = {
  title: 'handshakes',
  async run({ scale, peers, load, samples }) {
    const { concurrency, warmUpMs, durationMs } = scale.handshakes;
    const measure = async ({ name, peer, server }: RunningPeer, round: number, genuine: boolean) => {
      const order = { port: server.port, dialect: peer.dialect, genuine, concurrency };
      await load.handshakes({ ...order, durationMs: warmUpMs });
      const before = await server.cpu();
      const { attempts, elapsedMs, generatorLoad } = await load.handshakes({ ...order, durationMs });
      const cpu = (await server.cpu()) - before;
      samples.add({
        scenario: 'handshakes',
        variant: genuine ? 'accepted' : 'refused, forged token',
        peer: name,
        round,
        values: { perSecond: (attempts * 1000) / elapsedMs, cpuUs: cpu / attempts, generatorLoad },
      });
    };
    await interleaved(peers, scale.rounds, (peer, round) => measure(peer, round, true));
    const guarded = peers.filter(({ peer }) => peer.protection);
    await interleaved(guarded, scale.rounds, (peer, round) => measure(peer, round, false));
  },
};
