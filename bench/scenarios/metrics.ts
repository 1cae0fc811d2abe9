import { setTimeout as delay } from 'node:timers/promises';
import { PEERS } from '../peers/catalogue.js';
import { securedEnvironment } from '../peers/limits.js';
import { ServerProcess } from '../processes/server-process.js';
import { assertProtected } from '../protections/assert-protected.js';
import { median, quantile } from '../report/statistics.js';
import { readingTable } from '../report/table.js';
import type { EchoLoad } from '../scale.js';
import { type EchoSlice, echoSlice, nameOf } from './echo-slice.js';
import type { Reading } from './cluster/part.js';
import type { Bench, Scenario } from './scenario.js';

const SERVER = new URL('../servers/watched.js', import.meta.url);
const MOST_PERCENT = 1.5;

interface Side {
  readonly isWatched: boolean;
  readonly server: ServerProcess;
}

/** CPU microseconds of a message. */
interface Pair {
  readonly on: number;
  readonly off: number;
}

/**
 * What it costs that operators see and act: metrics that are scraped, lines of events and the operator's API, against the
 * same server that counts nothing. Two processes of the same code differ by more than this, so several pairs are started.
 */
export const metrics: Scenario = {
  title: 'metrics',
  isAlone: true,
  generators: 1,
  async run(bench) {
    const { loads, starts } = bench.scale.metrics;
    const pairs = new Map<EchoLoad, Pair[]>(loads.map((load) => [load, []]));
    for (let start = 0; start < starts; start++) {
      const sides = await Promise.all([true, false].map(startSide));
      for (const [load, measured] of pairs) measured.push(...(await compared(bench, sides, load)));
      for (const side of sides) await assertSide(side);
      await Promise.all(sides.map(({ server }) => server.stop()));
    }
    const readings = [...pairs].flatMap(([load, measured]) =>
      readingsOf(nameOf(load), measured, bench.scale.judges),
    );
    bench.readings.push(...readings.map((reading) => ({ part: 'metrics', ...reading })));
    console.log(`${readingTable('cost of metrics', readings)}\n`);
  },
};

async function startSide(isWatched: boolean): Promise<Side> {
  const env = { ...(await securedEnvironment()), BENCH_WATCHED: String(isWatched) };
  const side = { isWatched, server: await ServerProcess.fork('watched', SERVER, { env }) };
  await assertSide(side);
  return side;
}

async function assertSide({ isWatched, server }: Side): Promise<void> {
  const { dialect = 'nest', protection } = PEERS['secured'] ?? {};
  await assertProtected('watched', { dialect, ...(protection && { protection }) }, server.target);
  const handled = isWatched ? await scrape(server.port) : '';
  if (isWatched && !/^ws_security_messages_total\{.*\} [1-9]/m.test(handled)) {
    throw new Error('the watched server counts no messages');
  }
}

/** In each round the sides are measured in the order ABBA, and the next one begins with the other side. */
async function compared({ scale, load }: Bench, sides: readonly Side[], echo: EchoLoad): Promise<Pair[]> {
  const { rounds, warmUpMs, durationMs } = scale.metrics;
  const pairs: Pair[] = [];
  for (let round = 0; round < rounds; round++) {
    const [first, second] = round % 2 === 0 ? sides : sides.toReversed();
    const slices: Record<'on' | 'off', EchoSlice[]> = { on: [], off: [] };
    for (const side of [first, second, second, first]) {
      if (!side) continue;
      const { isWatched, server } = side;
      const slice = await echoSlice(load, server, {
        ...echo,
        dialect: 'nest',
        warmUpMs,
        durationMs,
        ...(isWatched && { beside: () => scrapeWithin(server.port, durationMs) }),
      });
      slices[isWatched ? 'on' : 'off'].push(slice);
    }
    pairs.push({ on: perMessage(slices.on), off: perMessage(slices.off) });
  }
  return pairs;
}

/** As often as Prometheus would with an interval of one second, in the middle of each. */
async function scrapeWithin(port: number, durationMs: number): Promise<void> {
  const times = Math.max(1, Math.round(durationMs / 1000));
  const stepMs = durationMs / times;
  await delay(stepMs / 2);
  for (let time = 1; time < times; time++) {
    await scrape(port);
    await delay(stepMs);
  }
  await scrape(port);
}

async function scrape(port: number): Promise<string> {
  const headers = { accept: 'application/openmetrics-text;version=1.0.0' };
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`, { headers });
  if (!answer.ok) throw new Error(`a scrape is answered with ${answer.status}`);
  return answer.text();
}

function perMessage(slices: readonly EchoSlice[]): number {
  const sum = (read: (slice: EchoSlice) => number): number =>
    slices.reduce((total, slice) => total + read(slice), 0);
  return sum(({ cpu }) => cpu) / sum(({ messages }) => messages);
}

function readingsOf(load: string, pairs: readonly Pair[], judges: boolean): Reading[] {
  const percents = pairs.map(({ on, off }) => (on / off - 1) * 100);
  const reading = (what: string, value: number | undefined, unit: string): Reading => ({
    what: `${load}: ${what}`,
    value: value ?? NaN,
    digits: 2,
    unit,
  });
  return [
    { ...reading('more CPU, median', median(percents), '%'), ...(judges && { reach: ['≤', MOST_PERCENT] }) },
    reading('lower quartile', quantile(percents, 0.25), '%'),
    reading('upper quartile', quantile(percents, 0.75), '%'),
    reading('CPU of a message with everything on', median(pairs.map(({ on }) => on)), 'µs'),
    reading('CPU of a message without', median(pairs.map(({ off }) => off)), 'µs'),
  ];
}
