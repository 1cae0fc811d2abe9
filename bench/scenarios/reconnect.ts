import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { TlsHandshakes } from '../load/target.js';
import { monotonic } from '../processes/monotonic.js';
import { maxSockets } from '../processes/open-files.js';
import type { Peer } from '../peers/peer.js';
import type { ServerProcess } from '../processes/server-process.js';
import { assertProtected } from '../protections/assert-protected.js';
import { quantile } from '../report/statistics.js';
import { type Bench, interleaved, type Scenario } from './scenario.js';

/** The keys are hidden in the ticket of a client, so a server can resume the session that another one started. */
const TICKET_KEY_BYTES = 48;
/** Node's default, which applications have. */
const BACKLOG = '511';

/** A node drains, and its clients come back to another node that already has clients of its own. */
export const reconnect: Scenario = {
  title: 'reconnect after a drain',
  concerns: ({ drains }) => drains === true,
  async run(bench) {
    const able = bench.peers.filter(({ peer }) => peer.drains);
    const { rounds } = bench.scale.reconnect;
    const kinds: TlsHandshakes[] = bench.tls ? ['full', 'resumed'] : ['full'];
    for (const { name, peer } of able) {
      await interleaved(kinds, rounds, (kind, round) =>
        withNodes(bench, peer, (leaving, staying) =>
          measure(bench, { name, peer, leaving, staying, kind, round }),
        ),
      );
    }
  },
};

type Work = (leaving: ServerProcess, staying: ServerProcess) => Promise<void>;

async function withNodes({ tls }: Bench, peer: Peer, work: Work): Promise<void> {
  const env = {
    ...tls,
    BENCH_BACKLOG: BACKLOG,
    ...(tls && { BENCH_TICKET_KEYS: randomBytes(TICKET_KEY_BYTES).toString('base64') }),
  };
  const nodes = await Promise.all([peer.start({ env }), peer.start({ env })]);
  try {
    await work(...nodes);
  } finally {
    await Promise.all(nodes.map((node) => node.stop()));
  }
}

interface Case {
  readonly name: string;
  readonly peer: Peer;
  readonly leaving: ServerProcess;
  readonly staying: ServerProcess;
  readonly kind: TlsHandshakes;
  readonly round: number;
}

async function measure(bench: Bench, { name, peer, leaving, staying, kind, round }: Case): Promise<void> {
  const { scale, load, attacker: others, samples, tls, note } = bench;
  const { residents, everyMs, quietMs, watchMs } = scale.reconnect;
  const count = Math.min(scale.reconnect.clients, maxSockets());
  if (count < scale.reconnect.clients) {
    note(`${count} clients came back after a drain: the limit of open files allows no more`);
  }
  const { dialect } = peer;
  await assertProtected(name, peer, staying.target);
  await load.openReturning({ ...leaving.target, count, handshakes: kind });
  await others.open({ ...staying.target, dialect, count: residents, spread: true });

  await others.latency({ dialect, everyMs, durationMs: quietMs });
  const watched = others.latency({ dialect, everyMs, durationMs: watchMs });
  const quietAt = monotonic();
  const cpuAtFirst = await staying.cpu();
  await delay(quietMs);
  const drainedAt = monotonic();
  const cpuBefore = await staying.cpu();
  const back = load.comeBack(staying.target);
  await leaving.drain();
  const crowd = await back;
  const cpu = (await staying.cpu()) - cpuBefore;
  const { latencies, dueAt, unanswered } = await watched;
  await Promise.all([load.close(), others.close()]);

  if (unanswered > 0) note(`${name} left ${unanswered} messages unanswered while clients came back`);
  if (crowd.clientCpu > cpu)
    note(`${name} could serve clients that come back sooner: they took more CPU than the server`);
  const resumed = kind === 'resumed' && tls ? count : 0;
  if (crowd.resumed !== resumed) note(`${crowd.resumed} of ${count} returns were resumed, not ${resumed}`);
  const during = ([from, to]: readonly [number, number]): number[] =>
    latencies.filter((_, n) => (dueAt[n] as number) >= from && (dueAt[n] as number) < to);
  const quiet = during([quietAt, drainedAt]);
  // What the residents cost is not part of a return.
  const perMessage = (cpuBefore - cpuAtFirst) / quiet.length;
  const cpuOfResidents = perMessage * during([drainedAt, crowd.allServedAt]).length;
  samples.add({
    scenario: 'reconnect',
    variant: `${count} clients${tls ? `, ${kind} handshakes` : ''}`,
    peer: name,
    round,
    values: {
      beyondMs: Math.max(0, crowd.allServedAt - crowd.windowEndsAt),
      allMs: crowd.allServedAt - drainedAt,
      drainMs: crowd.lastClosedAt - drainedAt,
      failures: crowd.failures,
      cpuUs: (cpu - cpuOfResidents) / count,
      clientUs: crowd.clientCpu / count,
      generatorLoad: crowd.generatorLoad,
      p99Before: quantile(quiet, 0.99),
      p99: quantile(during([crowd.firstClosedAt, crowd.allServedAt]), 0.99),
    },
  });
}
