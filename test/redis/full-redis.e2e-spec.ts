import { answersTo, BusyNodes, pause } from '../support/busy-nodes.js';
import { eventually } from '../support/eventually.js';
import { expectKeysToEnd } from '../support/keys-that-end.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';

const NODE_TTL_MS = 2000;
const CAP = 2;

describeWithRedis('two nodes whose Redis has no memory left', () => {
  let redis: RedisServer;
  let nodes: BusyNodes;

  beforeAll(async () => {
    redis = await RedisServer.start({ args: ['--maxmemory-policy', 'noeviction'] });
  });

  afterEach(async () => {
    await redis.command('CONFIG', 'SET', 'maxmemory', '0');
    await nodes.close();
    await expectKeysToEnd(redis);
  });

  afterAll(() => redis.stop());

  it('R2 R4 S2 R11 refuse who connects, keep who is there, and know all places when there is room', async () => {
    const options = { maxConnectionsPerUser: CAP, redisNodeTtlMs: NODE_TTL_MS, rateLimit: 60 };
    nodes = await BusyNodes.start(redis, options);
    const { one, other } = nodes;
    const open = await Promise.all([one.connect('alice'), other.connect('alice')]);
    nodes.forget();
    await redis.command('CONFIG', 'SET', 'maxmemory', '1');
    await nodes.heard('cluster.down');
    expect(nodes.all.map(({ isReady }) => isReady)).toEqual([false, false]);
    for (const node of nodes.all)
      expect(node.told.filter(({ type }) => type === 'cluster.down')).toMatchObject([{ reason: 'full' }]);
    // Beats are refused, so each node counts as dead after a while.
    await pause(NODE_TTL_MS + 1500);
    expect([await one.refusal('alice'), await other.refusal('alice')]).toEqual([503, 503]);
    expect([await one.refusal('bob'), await other.refusal('bob')]).toEqual([503, 503]);
    const [client] = open;
    expect(await answersTo(client, 3)).toEqual(['echo', 'echo', 'echo']);
    await expect(nodes.revocations(one).revokeUser('carol', null)).rejects.toMatchObject({ reason: 'full' });

    await redis.command('CONFIG', 'SET', 'maxmemory', '0');
    await nodes.heard('cluster.returned');
    await nodes.heard('cluster.up');
    expect(nodes.all.map(({ isReady }) => isReady)).toEqual([true, true]);
    expect([await eventuallyRefused(0), await eventuallyRefused(1)]).toEqual([429, 429]);
    await open[1].close();
    await eventually(() => one.connect('alice'));
    expect([await eventuallyRefused(0), await eventuallyRefused(1)]).toEqual([429, 429]);
    // What could not be written then is written now.
    await eventually(async () => expect(await other.refusal('carol')).toBe(401));
  });

  it('R4 R11 for longer than nodes wait for each other: nobody enters before all have said their places again', async () => {
    await redis.command('ACL', 'SETUSER', 'other', 'on', '>password', '~*', '&*', '+@all');
    const urls = [redis.url, redis.url.replace('//', '//other:password@')];
    // The other one has that long to come back, on any machine.
    const redisNodeTtlMs = 2 * NODE_TTL_MS;
    nodes = await BusyNodes.start(redis, { maxConnectionsPerUser: CAP, redisNodeTtlMs }, urls);
    const { one, other } = nodes;
    await Promise.all([one.connect('alice'), other.connect('alice')]);
    await redis.command('CONFIG', 'SET', 'maxmemory', '1');
    await pause(2 * redisNodeTtlMs + 1500);
    // So the other one comes back last.
    await redis.command('ACL', 'SETUSER', 'other', '-@scripting');
    const before = await newestBeat();
    await redis.command('CONFIG', 'SET', 'maxmemory', '0');
    await eventually(async () => expect(await newestBeat()).toBeGreaterThan(before));
    const attempt = one.refusal('alice');
    await pause(200);
    await redis.command('ACL', 'SETUSER', 'other', '+@scripting');
    expect(await attempt).toBe(429);
    expect(await eventuallyRefused(1)).toBe(429);
  });

  /** Milliseconds by the clock of Redis. */
  async function newestBeat(): Promise<number> {
    const [key] = (await redis.command('KEYS', '*:nodes')) as [string];
    const beats = (await redis.command('HVALS', key)) as string[];
    return Math.max(...beats.map((beat) => Number.parseInt(beat, 10)));
  }

  async function eventuallyRefused(node: 0 | 1): Promise<number> {
    return eventually(async () => {
      const status = await nodes.all[node].refusal('alice');
      if (status === 503) throw new Error('not yet');
      return status;
    });
  }
});
