import { FRAME_KINDS, type FrameKind } from '../load/refused-frames.js';
import { type Bench, interleaved, type RunningPeer, type Scenario } from './scenario.js';

const SIZE = 15;
const NEEDING_PROTECTION: ReadonlySet<FrameKind> = new Set(['over limit', 'invalid body']);

/** The cost of a refused frame compared to a served one. */
export const refused: Scenario = {
  title: 'refused frames',
  async run(bench) {
    const { scale, peers } = bench;
    const able = peers.filter(({ peer }) => peer.survivesGarbage);
    await interleaved(able, scale.rounds, (peer, round) => measureKinds(bench, peer, round));
  },
};

async function measureKinds(bench: Bench, running: RunningPeer, round: number): Promise<void> {
  const { name, peer } = running;
  let servedUs = NaN;
  for (const kind of FRAME_KINDS) {
    if (NEEDING_PROTECTION.has(kind) && !peer.protection) continue;
    const { batchUs, closed } = await measureBatches(bench, running, kind);
    if (kind === 'served') {
      servedUs = batchUs / (SIZE + 1);
      continue;
    }
    if (closed > 0) bench.note(`${name} cut connections off that sent frames of kind "${kind}"`);
    const refusedUs = (batchUs - servedUs) / SIZE;
    const values = { refusedUs, toServed: refusedUs / servedUs, closed };
    bench.samples.add({ scenario: 'refused', variant: kind, peer: name, round, values });
  }
}

async function measureBatches(
  { scale, load }: Bench,
  { peer, server }: RunningPeer,
  kind: FrameKind,
): Promise<{ batchUs: number; closed: number }> {
  const { connections: count, warmUpMs, durationMs } = scale.refused;
  const order = { dialect: peer.dialect, kind, size: SIZE };
  await load.open({ ...server.target, dialect: peer.dialect, count, spread: false });
  try {
    const warmUp = await load.batches({ ...order, durationMs: warmUpMs });
    const before = await server.cpu();
    const { batches, closed } = await load.batches({ ...order, durationMs });
    const cpu = (await server.cpu()) - before;
    return { batchUs: cpu / batches, closed: closed + warmUp.closed };
  } finally {
    await load.close();
  }
}
