import { atOnce } from '../support/at-once.js';
import { BusyNodes, Member, numbers, pause } from '../support/busy-nodes.js';
import { eventually } from '../support/eventually.js';
import { expectKeysToEnd } from '../support/keys-that-end.js';
import { describeWithRedisClock, RedisServer } from '../support/redis-server.js';

const LIMIT = 60;
const WINDOW_MS = 2000;
const OPTIONS = {
  rateLimit: LIMIT,
  rateTtlMs: WINDOW_MS,
  maxConnectionsPerUser: 2,
  redisTimeoutMs: 2000,
};

describeWithRedisClock('two nodes while the clock of Redis is set', () => {
  const test = atOnce(3);

  for (const [name, aheadMs] of [
    ['an hour forward', 3_600_000],
    ['an hour back', -3_600_000],
    ['five seconds back', -5000],
  ] as const)
    test(`R2 R4 S2 ${name}: tell it, and keep everything one window later`, async (later) => {
      const redis = await RedisServer.start({ hasOwnClock: true });
      later(() => redis.stop());
      const nodes = await BusyNodes.start(redis, OPTIONS);
      later(async () => {
        await nodes.close();
        await expectKeysToEnd(redis);
      });
      await set(aheadMs, redis, nodes);
    });

  async function set(aheadMs: number, redis: RedisServer, nodes: BusyNodes): Promise<void> {
    const { one, other } = nodes;
    const members = [await Member.join(one, 'dave'), await Member.join(other, 'erin')] as const;
    await Promise.all([one.connect('alice'), other.connect('alice')]);
    await nodes.revocations(one).revokeUser('carol', null);
    await nodes.accepted('bob', LIMIT);
    await nodes.push(0, 5);

    // What was not read when the clock jumps may be trimmed, which is told as a gap.
    for (const member of members) await member.got(5);
    redis.setClock(aheadMs);
    await nodes.heard('cluster.clock-step');
    expect(await eventually(() => statusOf(nodes, 'alice'))).toEqual([429, 429]);
    expect(await eventually(() => statusOf(nodes, 'carol'))).toEqual([401, 401]);
    await eventually(async () => (await other.connect('frank')).close());
    expect(await nodes.revokedAfter('grace')).toBeLessThan(4000);
    await nodes.push(5, 5);
    for (const member of members) expect(await member.got(10)).toEqual(numbers(10));
    // Nodes refuse for a window without a call. The first call after it sets back what was lent before.
    await pause(WINDOW_MS);
    await nodes.accepted('bob', 1);
    await pause(1.5 * WINDOW_MS);
    const accepted = await nodes.accepted('bob', LIMIT);
    expect([accepted <= LIMIT, accepted >= 0.8 * LIMIT]).toEqual([true, true]);
  }

  /** With what both nodes refuse, as soon as it is for no outage. */
  async function statusOf(nodes: BusyNodes, sub: string): Promise<number[]> {
    const statuses = await Promise.all(nodes.all.map((node) => node.refusal(sub)));
    if (statuses.includes(503)) throw new Error('not yet');
    return statuses;
  }
});
