import { setTimeout as delay } from 'node:timers/promises';
import type { TlsHandshakes } from '../load/target.js';
import { TICKET_KEYS } from '../processes/certificate.js';
import { monotonic } from '../processes/monotonic.js';
import { maxSockets } from '../processes/open-files.js';
import type { ServerProcess } from '../processes/server-process.js';
import { assertProtected } from '../protections/assert-protected.js';
import { quantile } from '../report/statistics.js';
import { type Bench, interleaved, type RunningPeer, type Scenario } from './scenario.js';

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
    for (const running of able) {
      await interleaved(kinds, rounds, (kind, round) =>
        withNodes(bench, running, (leaving, staying) =>
          measure(bench, { ...running, leaving, staying, kind, round }),
        ),
      );
    }
  },
};

type Work = (leaving: ServerProcess, staying: ServerProcess) => Promise<void>;

async function withNodes({ scale, tls }: Bench, { peer, server }: RunningPeer, work: Work): Promise<void> {
  const env = {
    ...tls,
    BENCH_BACKLOG: BACKLOG,
    ...(tls && TICKET_KEYS),
  };
  const start = (): Promise<ServerProcess> => peer.start({ env });
  const [leaving, staying] = scale.sharesServers
    ? [await start(), server]
    : await Promise.all([start(), start()]);
  try {
    await work(leaving, staying);
  } finally {
    await leaving.stop();
    if (staying !== server) await staying.stop();
  }
}

interface Case extends Pick<RunningPeer, 'name' | 'peer'> {
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
