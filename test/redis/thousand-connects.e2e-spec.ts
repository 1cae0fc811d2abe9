import type { WsSecurityOptions } from 'nestjs-ws-security';
import { BusyNodes, pause } from '../support/busy-nodes.js';
import { ConnectStorm } from '../support/connect-storm.js';
import { eventually } from '../support/eventually.js';
import { FailingRedis, OUTAGES, type Outage } from '../support/outages.js';
import { describeWithRedis } from '../support/redis-server.js';
import { mintToken } from '../support/tokens.js';

const CONNECTS = 1000;
const CAP = 20;
/** Once Redis is back, so many show that the cap holds again: it is there for a thousand in a test of its own. */
const AFTERWARDS = 200;
const TAKERS = 50;
const OPTIONS: WsSecurityOptions = {
  maxConnectionsPerUser: CAP,
  maxConnectionsPerAddress: 100_000,
  // Whoever is not known to have a place gets none.
  redisOutage: 'deny',
  ticketTtlMs: 120_000,
};
/** Longer than `WS_REDIS_STALE_MS`. */
const LONG_MS = 6000;
const FROZEN = OUTAGES[0] as Outage;
const ROWS = [...OUTAGES.map((outage) => [outage, 0] as const), [FROZEN, LONG_MS] as const].map(
  ([outage, lastsMs]) => ({ outage, lastsMs, what: outage.name + (lastsMs > 0 ? ' for six seconds' : '') }),
);

describeWithRedis('two nodes, when Redis', () => {
  let redis: FailingRedis;
  let nodes: BusyNodes;
  let storm: ConnectStorm;

  beforeAll(async () => {
    redis = await FailingRedis.start();
    nodes = await BusyNodes.start(redis.server, OPTIONS, [redis.url, redis.url]);
  });

  beforeEach(() => {
    storm = new ConnectStorm();
  });

  afterEach(() => storm.end());

  afterAll(async () => {
    await nodes.close();
    await redis.stop();
  });

  it('R4 is there: of 1,000 let in exactly the cap', async () => {
    const urls = nodes.all.map(({ url }) => url);
    await storm.run(urls, await mintToken({ sub: 'alice' }), CONNECTS);
    expect(storm.open.size).toBe(CAP);
    expect(Object.fromEntries(storm.statuses)).toEqual({ 101: CAP, 429: CONNECTS - CAP });
  });

  it.each(ROWS)(
    'R4 N12 S2 $what: of 1,000 let in no more than the cap, afterwards exactly that, and forget nothing',
    async ({ what, outage, lastsMs }) => {
      const { forgets = false, answers = false } = outage;
      const token = await mintToken({ sub: `alice-${what}` });
      const urls = nodes.all.map(({ url }) => url);
      const ticket = await eventually(() => nodes.ticket(`heidi-${what}`));
      const carol = `carol-${what}`;
      const revoked = await Promise.all(nodes.all.map((node) => eventually(() => node.connect(carol))));

      const first = storm.run(urls, token, CONNECTS);
      await storm.answered();
      const begunAt = performance.now();
      await outage.begin(redis);
      await first;
      expect(storm.open.size).toBeLessThanOrEqual(CAP);
      const taken = await takers(ticket);
      // Where Redis answers, the ticket may be taken, and there is no place.
      expect(answers || taken[503] === TAKERS).toBe(true);
      const isWritten = nodes.revocations(nodes.one).revokeUser(carol, null);
      expect(
        await isWritten.then(
          () => 'written',
          () => 'kept',
        ),
      ).toBe(hasAnswer(outage) ? 'written' : 'kept');
      expect((await revoked[0]?.closed)?.code).toBe(4403);
      if (lastsMs > 0) {
        await pause(lastsMs - (performance.now() - begunAt));
        expect([await nodes.one.refusal('dave'), await nodes.other.refusal('dave')]).toEqual([503, 503]);
      }
      await storm.run(urls, token, 2 * CAP);
      expect(storm.open.size).toBeLessThanOrEqual(CAP);

      await outage.end(redis);
      await full(urls, token);
      // A place that became free is taken once.
      await storm.end(CAP / 2);
      await full(urls, token);
      await storm.run(urls, token, AFTERWARDS);
      expect(storm.open.size).toBe(CAP);
      expect([...storm.statuses.keys()].filter((status) => ![101, 429, 503].includes(status))).toEqual([]);
      expect((await revoked[1]?.closed)?.code).toBe(4403);
      expect(await eventually(() => refusalOf(carol))).toEqual([401, 401]);
      const { 101: later = 0 } = await takers(ticket);
      const once = forgets ? 0 : 1;
      expect((taken[101] ?? 0) + later).toEqual(answers ? expect.any(Number) : once);
      expect((taken[101] ?? 0) + later).toBeLessThanOrEqual(once);
    },
  );

  /** Lets in as many as there may be. */
  async function full(urls: readonly string[], token: string): Promise<void> {
    while (storm.open.size < CAP) {
      await storm.run(urls, token, 2 * CAP);
      await pause(50);
    }
    expect(storm.open.size).toBe(CAP);
  }

  /** What so many are answered who use a ticket at once, at both nodes. */
  async function takers(ticket: string): Promise<Record<number, number>> {
    const taking = new ConnectStorm();
    await taking.take(
      nodes.all.map(({ url }) => url),
      ticket,
      TAKERS,
    );
    await taking.end();
    return Object.fromEntries(taking.statuses);
  }

  /** With what both nodes refuse, for no outage. */
  async function refusalOf(sub: string): Promise<number[]> {
    const statuses = await Promise.all(nodes.all.map((node) => node.refusal(sub)));
    if (statuses.includes(503)) throw new Error('not yet');
    return statuses;
  }
});

/** Whether what may take longer than most is still answered and written. */
function hasAnswer({ hangs = false, answers = false }: Outage): boolean {
  return hangs && answers;
}
