import type { Tokens } from '../load/handshakes.js';
import type { TlsHandshakes } from '../load/target.js';
import { type Bench, interleaved, type RunningPeer, type Scenario } from './scenario.js';

const TOKENS: Readonly<Record<Tokens, string>> = {
  new: 'accepted, with a token never seen before',
  known: 'accepted, with a token seen before',
  forged: 'refused, forged token',
};

const SATURATED = 0.95;

interface Variant {
  readonly name: string;
  readonly tokens: Tokens;
  readonly handshakes: TlsHandshakes;
}

/** Handshakes with a valid token, and with a forged one for servers that verify tokens. */
export const handshakes: Scenario = {
  title: 'handshakes',
  async run(bench) {
    const { scale, peers, tls } = bench;
    const guarded = peers.filter(({ peer }) => peer.protection);
    for (const variant of variantsOf(tls ? ['full', 'resumed'] : [])) {
      await interleaved(variant.tokens === 'forged' ? guarded : peers, scale.rounds, (peer, round) =>
        measure(bench, peer, round, variant),
      );
    }
  },
};

function variantsOf(tls: readonly TlsHandshakes[]): Variant[] {
  return (Object.keys(TOKENS) as Tokens[]).flatMap((tokens) =>
    tls.length === 0
      ? [{ name: TOKENS[tokens], tokens, handshakes: 'full' as const }]
      : tls.map((kind) => ({ name: `${kind}, ${TOKENS[tokens]}`, tokens, handshakes: kind })),
  );
}

async function measure(
  { scale, tls, load, samples, note }: Bench,
  { name, peer, server }: RunningPeer,
  round: number,
  variant: Variant,
): Promise<void> {
  const { concurrency, warmUpMs, durationMs } = scale.handshakes;
  const { tokens, handshakes: kind } = variant;
  const order = { ...server.target, dialect: peer.dialect, tokens, handshakes: kind, concurrency };
  await load.handshakes({ ...order, durationMs: warmUpMs });
  const before = await server.cpu();
  const result = await load.handshakes({ ...order, durationMs });
  const { attempts, resumed, elapsedMs, clientCpu, generatorLoad } = result;
  const cpu = (await server.cpu()) - before;
  const expected = tls && kind === 'resumed' ? attempts : 0;
  if (resumed !== expected) {
    throw new Error(`${name}: ${resumed} of ${attempts} TLS handshakes were resumed, not ${expected}`);
  }
  if (generatorLoad > SATURATED)
    note(`the clients were the limit of handshakes${tls ? ' over TLS' : ''}: compare the CPU, not the rate`);
  samples.add({
    scenario: 'handshakes',
    variant: variant.name,
    peer: name,
    round,
    values: {
      perSecond: (attempts * 1000) / elapsedMs,
      cpuUs: cpu / attempts,
      clientUs: clientCpu / attempts,
      generatorLoad,
    },
  });
}
