import { isDeepStrictEqual } from 'node:util';
import type { RequestError, SessionBody } from 'nestjs-ws-security/client';
import { connectFleet, type FleetMember } from '../support/fleet.js';
import { expectConnections } from '../support/connection-count.js';
import { ownPort } from '../support/own-port.js';
import { Service } from '../support/service.js';
import { UNLIMITED } from '../support/unlimited.js';

const CLIENTS = 500;
/** Long enough for a slow machine. */
const PATIENCE_MS = 120_000;
/** The precision of a timer and of the clock it is compared with. */
const ACCURACY_MS = 50;
const BUCKET_MS = 100;
const MAX_BUCKET_SHARE = 0.35;
const MIN_SPREAD_MS = 300;
/** At any time each client waits for an answer, so longer requests are as much of a load for the drain. */
const MAX_REQUEST_MS = 1000;

const ENV = {
  ...UNLIMITED,
  PLAIN_HTTP: '1',
  WS_RESUME: 'true',
  WS_DRAIN_TIMEOUT_MS: String(PATIENCE_MS),
};

let service: Service & { url: string };
let fleet: FleetMember[] = [];

afterEach(async () => {
  for (const { client } of fleet) client.close();
  await service.stop();
});

/** Sends one request after another until it is told to stop. Counts the outcomes. */
async function ask(
  { client }: FleetMember,
  n: number,
  outcomes: Map<string, number>,
  isOver: () => boolean,
): Promise<void> {
  const count = (outcome: string): void => void outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  for (let ms = n % MAX_REQUEST_MS; !isOver(); ms = (ms + 137) % MAX_REQUEST_MS) {
    try {
      const answer = await client.request('slow', { ms });
      count(isDeepStrictEqual(answer, { ms }) ? 'answered' : 'answered wrongly');
    } catch (error) {
      count((error as RequestError).code);
    }
  }
}

/** The largest share of the times within 100 ms, and the time between the first and the last. */
function spreadOf(times: readonly number[]): { share: number; spreadMs: number } {
  const sorted = times.toSorted((a, b) => a - b);
  const crowds = sorted.map((start) => sorted.filter((t) => t >= start && t < start + BUCKET_MS).length);
  return {
    share: Math.max(...crowds) / sorted.length,
    spreadMs: (sorted.at(-1) ?? 0) - (sorted[0] ?? 0),
  };
}

it('S7 S8 a restart under load answers every request that was sent, and 500 clients reconnect spread out', async () => {
  service = await Service.start({ ...ENV, PORT: String(await ownPort()) });
  const { port } = new URL(service.url);
  fleet = await connectFleet(`ws://127.0.0.1:${port}/ws`, CLIENTS, {
    requestTimeoutMs: PATIENCE_MS,
    connectTimeoutMs: PATIENCE_MS,
  });
  await expectConnections(service.url, CLIENTS);

  const outcomes = new Map<string, number>();
  let isOver = false;
  const asking = Promise.all(fleet.map((member, n) => ask(member, n, outcomes, () => isOver)));
  // The load is on once every client has received an answer.
  await Promise.all(fleet.map(({ client }) => client.request('slow', { ms: MAX_REQUEST_MS })));
  const lost = Promise.all(fleet.map((member) => member.next('waiting')));
  const back = Promise.all(
    fleet.map(async (member) => {
      const session = new Promise<SessionBody>((resolve) => void member.client.on('session', resolve));
      let due = 0;
      member.client.on('status', ({ retryAt }) => void (due = retryAt ?? due));
      await member.next('open');
      const at = Date.now();
      return { due, at, session: await session };
    }),
  );

  const before = outcomes.get('answered') ?? 0;
  const stopped = performance.now();
  expect(await service.stop()).toEqual({ code: 0, signal: null });
  expect(performance.now() - stopped).toBeLessThan(PATIENCE_MS);
  const ends = await lost;
  expect(ends.filter(({ code }) => code !== 1012)).toEqual([]);
  expect(outcomes.get('answered')).toBeGreaterThan(before);

  const announced = spreadOf(ends.map(({ retryAt }) => retryAt as number));
  expect(announced.share).toBeLessThan(MAX_BUCKET_SHARE);
  expect(announced.spreadMs).toBeGreaterThan(MIN_SPREAD_MS);

  service = await Service.start({ ...ENV, PORT: port });
  // On a stalled machine due timers fire together, so the due times count.
  const arrivals = await back;
  isOver = true;
  await asking;
  // The old process answered every request that was sent to it. Later ones waited for the new one.
  expect([...outcomes.keys()]).toEqual(['answered']);
  expect(arrivals.filter(({ due, at }) => at < due - ACCURACY_MS)).toEqual([]);
  const arrived = spreadOf(arrivals.map(({ due }) => due));
  expect(arrived.share).toBeLessThan(MAX_BUCKET_SHARE);
  expect(arrived.spreadMs).toBeGreaterThan(MIN_SPREAD_MS);
  await expectConnections(service.url, CLIENTS);
  // Sessions are kept in the memory of the process.
  expect(arrivals.map(({ session }) => session.resume?.recovered)).toEqual(arrivals.map(() => false));
}, 240_000);
