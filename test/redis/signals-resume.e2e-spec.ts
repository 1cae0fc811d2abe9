import { createResumeToken, hashOfResumeToken } from '../../src/connection/resume/resume-token.js';
import type { SessionSnapshot } from '../../src/connection/resume/session-snapshot.js';
import { OverloadedException } from '../../src/errors/ws-exceptions.js';
import { RedisUnavailableError } from '../../src/redis/link/redis-port.js';
import { PREFIX } from '../support/redis-link.js';
import { RedisNode, type RedisNodeOptions, until } from '../support/redis-node.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';

const CONTROL = `${PREFIX}{c}:control`;
const KICK = { type: 'kick', id: 'alice' } as const;
const OWNER = 'principal:0::alice';

function snapshot(seq: number): SessionSnapshot {
  return {
    owner: OWNER,
    path: '/ws',
    rooms: [],
    seq,
    at: '1',
    startedAt: 1,
    kept: [],
    principal: {
      id: 'alice',
      issuer: null,
      kind: 'token',
      roles: [],
      scopes: [],
      claims: {},
      expiresAt: null,
      sessionId: null,
    },
  };
}

describeWithRedis('signals and sessions over Redis', () => {
  let redis: RedisServer;
  let nodes: RedisNode[];

  async function start(count: number, options: RedisNodeOptions = {}): Promise<RedisNode[]> {
    nodes = await RedisNode.startAll(count, redis.url, options);
    return nodes;
  }

  /** How many sessions a node holds, each given out once. */
  function hold({ sessions, id }: RedisNode, count: number): string[] {
    const tokens = Array.from({ length: count }, () => createResumeToken(id));
    const held = new Map(tokens.map((token, n) => [hashOfResumeToken(token), snapshot(n)]));
    sessions.serve((hash) => {
      const found = held.get(hash);
      held.delete(hash);
      return found;
    });
    return tokens;
  }

  const fetch = async (node: RedisNode, token: string): Promise<number | undefined> =>
    (await node.sessions.fetch(token, OWNER, '/ws', 0))?.seq;

  async function timed<T>(work: Promise<T>): Promise<[T, number]> {
    const began = performance.now();
    const result = await work;
    return [result, performance.now() - began];
  }

  beforeAll(async () => {
    redis = await RedisServer.start();
  });

  beforeEach(async () => {
    nodes = [];
    await redis.command('FLUSHALL');
  });

  afterEach(async () => {
    redis.thaw();
    for (const node of nodes) node.stop();
    expect(nodes.flatMap(({ faults }) => faults)).toEqual([]);
    const names = (await redis.command('KEYS', '*')) as string[];
    for (const name of names) expect([name, await redis.command('PTTL', name)]).not.toEqual([name, -1]);
  });

  afterAll(() => redis.stop());

  it('S2 a kick counts the connections of all nodes that answer, and waits half a second for others', async () => {
    const [one, two, dead] = (await start(3)) as [RedisNode, RedisNode, RedisNode];
    for (const [index, { signals }] of nodes.entries()) signals.onSignal(() => 10 ** index);
    const [all, quick] = await timed(one.signals.send(KICK));
    expect([all, quick < 400]).toEqual([111, true]);
    dead.streams.stop();
    const [some, slow] = await timed(two.signals.send(KICK));
    expect([some, slow >= 500, slow < 1000]).toEqual([11, true, true]);
    // It says that it leaves: nobody waits for it.
    await dead.neighbours.leave();
    await until(() => one.neighbours.live().length === 1);
    const [rest, quickAgain] = await timed(one.signals.send(KICK));
    expect([rest, quickAgain < 400]).toEqual([11, true]);
  });

  it('S2 a kick counts the connections of a node that has just started', async () => {
    const [one] = (await start(1)) as [RedisNode];
    one.clock.isHeld = true;
    const young = await RedisNode.start(redis.url);
    nodes.push(young);
    for (const [index, { signals }] of nodes.entries()) signals.onSignal(() => 10 ** index);
    expect(one.neighbours.live()).toEqual([]);
    expect(await one.signals.send(KICK)).toBe(11);
  });

  it('S2 a kick while Redis is away closes here, and is refused', async () => {
    const [one, two] = (await start(2, { timeoutMs: 50 })) as [RedisNode, RedisNode];
    const moments: [string, number][] = [];
    one.signals.onSignal((_, before) => moments.push(['one', before]));
    two.signals.onSignal((_, before) => moments.push(['two', before]));
    redis.freeze();
    await until(() => !one.isUp);
    const [error, ms] = await timed(one.signals.send(KICK).catch((reason: unknown) => reason));
    expect(error).toBeInstanceOf(OverloadedException);
    expect([moments, ms < 100]).toEqual([[['one', Infinity]], true]);
    await expect(one.streams.control.append('x', '')).rejects.toBeInstanceOf(RedisUnavailableError);
  });

  it('messages of a kind come in order, with the time at which they were stored', async () => {
    const [one, two] = (await start(2)) as [RedisNode, RedisNode];
    const heard: string[] = [];
    const times: number[] = [];
    two.streams.control.on('test', (body, { node, at }) => {
      heard.push(`${node} ${body}`);
      times.push(at);
    });
    const before = Date.now();
    await Promise.all(Array.from({ length: 500 }, (_, n) => one.streams.control.append('test', `é${n}`)));
    await until(() => heard.length === 500);
    expect(heard).toEqual(Array.from({ length: 500 }, (_, n) => `${one.id} é${n}`));
    expect(times.every((at) => at >= before && at <= Date.now())).toBe(true);
    const stats = String(await redis.command('INFO', 'commandstats'));
    expect(Number(/cmdstat_xadd:calls=(\d+)/.exec(stats)?.[1])).toBeGreaterThanOrEqual(500);
  });

  it('S5 moves many sessions at once by few messages', async () => {
    const [one, two] = (await start(2)) as [RedisNode, RedisNode];
    const tokens = hold(one, 300);
    const found = await Promise.all(tokens.map((token) => fetch(two, token)));
    expect(found).toEqual(tokens.map((_, n) => n));
    expect(Number(await redis.command('XLEN', CONTROL))).toBeLessThan(60);
    expect(await Promise.all(tokens.slice(0, 5).map((token) => fetch(two, token)))).toEqual(
      Array(5).fill(undefined),
    );
  });

  it('S5 a node that was killed is waited for half a second, one that has left not at all', async () => {
    const [one, killed, drained] = (await start(3)) as [RedisNode, RedisNode, RedisNode];
    const [lost] = hold(killed, 1) as [string];
    killed.streams.stop();
    const [none, slow] = await timed(fetch(one, lost));
    expect([none, slow >= 500, slow < 1000]).toEqual([undefined, true, true]);

    const tokens = [createResumeToken(drained.id), createResumeToken(drained.id)] as const;
    await drained.sessions.leave([[hashOfResumeToken(tokens[0]), snapshot(7), 60_000]]);
    await until(() => !one.neighbours.isLive(drained.id));
    const [left, quick] = await timed(Promise.all(tokens.map((token) => fetch(one, token))));
    expect([left, quick < 300]).toEqual([[7, undefined], true]);
    // Nobody else is asked about a node that does not live.
    const [unknown, quickToo] = await timed(fetch(one, createResumeToken('AAAAAAAAAAA')));
    expect([unknown, quickToo < 300]).toEqual([undefined, true]);
  });

  it('S5 the wait for a session ends when its node leaves', async () => {
    const [one, two] = (await start(2)) as [RedisNode, RedisNode];
    const token = createResumeToken(two.id);
    // It does not hear that it is asked.
    two.streams.stop();
    const answer = timed(fetch(one, token));
    await two.sessions.leave([[hashOfResumeToken(token), snapshot(3), 60_000]]);
    const [seq, ms] = await answer;
    expect([seq, ms < 450]).toEqual([3, true]);
  });

  it('S5 while Redis is away a session is not found, and a node that drains says so', async () => {
    const [one, two] = (await start(2, { timeoutMs: 50 })) as [RedisNode, RedisNode];
    const [token] = hold(one, 1) as [string];
    redis.freeze();
    await until(() => !two.isUp && !one.isUp);
    expect(await fetch(two, token)).toBeUndefined();
    await expect(one.sessions.leave([[hashOfResumeToken(token), snapshot(0), 1000]])).rejects.toBeInstanceOf(
      RedisUnavailableError,
    );
  });

  it('needs no other rights than those documented', async () => {
    const commands =
      '+eval +evalsha +time +get +set +del +hget +hmget +hset +hdel +hgetall +zrem +zrangebyscore +pexpire +xadd +xread ' +
      '+xrange +xrevrange +xtrim +ping +auth +hello +info';
    await redis.command('ACL', 'SETUSER', 'ws', 'on', '>secret', '~wss:*', '-@all', ...commands.split(' '));
    nodes = await RedisNode.startAll(2, `redis://ws:secret@127.0.0.1:${redis.port}`, { streamBytes: 10 });
    const [one, two] = nodes as [RedisNode, RedisNode];
    await one.listen();
    expect(two.streams.bus.position).toBe('0-0');
    for (const json of ['1', '2', '3']) {
      await two.push(json);
      // The stream keeps a single entry: the next one takes the place of an entry that was read.
      await until(() => one.texts.length === Number(json));
    }
    expect(await two.signals.send(KICK)).toBe(0);
    const [token] = hold(one, 1) as [string];
    expect(await fetch(two, token)).toBe(0);
  });
});
