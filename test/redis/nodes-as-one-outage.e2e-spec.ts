import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { IsString } from 'class-validator';
import { SecureGateway, type WsSecurityOptions } from 'nestjs-ws-security';
import { atOnce } from '../support/at-once.js';
import { eventually } from '../support/eventually.js';
import { RedisNode } from '../support/redis-nodes.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';
import { TestClient } from '../support/test-client.js';

class SayDto {
  @IsString()
  text!: string;
}

@SecureGateway({ path: '/ws' })
class Gateway {
  @SubscribeMessage('echo')
  echo(@MessageBody() { text }: SayDto): { text: string } {
    return { text };
  }
}

/** What messages are answered: `echo`, or the code of the error. */
async function answers(client: TestClient, count: number): Promise<unknown[]> {
  const all: unknown[] = [];
  for (let i = 0; i < count; i++) {
    const { event, data } = await client.request('echo', { text: 'x' });
    all.push(event === 'echo' ? event : data?.['code']);
  }
  return all;
}

/** A node learns from the answer to its own beat which others live: waits for a beat of each after both have beaten. */
async function knowEachOther(redis: RedisServer): Promise<void> {
  const [key] = (await redis.command('KEYS', '*:nodes')) as string[];
  const beats = async (): Promise<string[]> => (await redis.command('HVALS', key as string)) as string[];
  let first: string[] = [];
  await eventually(async () => expect((first = await beats())).toHaveLength(2));
  await eventually(async () => expect((await beats()).some((beat) => first.includes(beat))).toBe(false));
}

/** A busy machine is not an outage. */
const PATIENT = { redisTimeoutMs: 750, redisStaleMs: 60_000 };

const times = (count: number, answer: string): string[] => Array.from({ length: count }, () => answer);

/** A Redis of its own, and nodes. */
interface World {
  readonly redis: RedisServer;
  /** Those that are closed after the test. */
  readonly nodes: RedisNode[];
  readonly two: (options: WsSecurityOptions) => Promise<[RedisNode, RedisNode]>;
}

describeWithRedis('two nodes while Redis is frozen', () => {
  const test = atOnce(4);

  const inWorld = (name: string, body: (world: World) => Promise<void>): void =>
    test(name, async (later) => {
      const redis = await RedisServer.start();
      later(() => redis.stop());
      const nodes: RedisNode[] = [];
      later(async () => {
        redis.thaw();
        await Promise.all(nodes.map((node) => node.close()));
      });
      const two = async (options: WsSecurityOptions): Promise<[RedisNode, RedisNode]> => {
        const start = () => RedisNode.start(redis, { gateways: [Gateway], options });
        const pair: [RedisNode, RedisNode] = [await start(), await start()];
        nodes.push(...pair);
        return pair;
      };
      await body({ redis, nodes, two });
    });

  const freeze = async (
    redis: RedisServer,
    pair: readonly RedisNode[],
    busy: readonly TestClient[],
  ): Promise<void> => {
    for (const node of pair) node.forget();
    redis.freeze();
    await Promise.all(busy.map((client) => answers(client, 4)));
    await Promise.all(pair.map((node) => node.heard('cluster.down')));
  };

  const thaw = async (redis: RedisServer, pair: readonly RedisNode[]): Promise<void> => {
    for (const node of pair) node.forget();
    redis.thaw();
    await Promise.all(pair.map((node) => node.heard('cluster.up')));
  };

  inWorld(
    'R2 R11 local: each counts for itself, and together again when it is back',
    async ({ redis, two }) => {
      const pair = await two({ ...PATIENT, rateLimit: 6, rateTtlMs: 4000 });
      const [one, other] = [await pair[0].connect('alice'), await pair[1].connect('alice')];
      await freeze(redis, pair, [one, other]);
      const both = await Promise.all([answers(one, 8), answers(other, 8)]);
      for (const own of both) expect(own.filter((answer) => answer === 'echo').length).toBeLessThanOrEqual(6);
      expect(both.flat()).toContain('RATE_LIMITED');
      await thaw(redis, pair);
      await new Promise((resolve) => setTimeout(resolve, 4100));
      const after = [...(await answers(one, 5)), ...(await answers(other, 5))];
      expect(after).toEqual([...times(5, 'echo'), 'echo', ...times(4, 'RATE_LIMITED')]);
    },
  );

  inWorld('R2 R11 allow: nothing is counted', async ({ redis, two }) => {
    const pair = await two({ ...PATIENT, rateLimit: 6, redisOutage: 'allow' });
    const [one, other] = [await pair[0].connect('alice'), await pair[1].connect('alice')];
    await freeze(redis, pair, [one, other]);
    expect(await answers(one, 20)).toEqual(times(20, 'echo'));
    expect(pair.map(({ isReady }) => isReady)).toEqual([true, true]);
    await thaw(redis, pair);
    expect((await answers(one, 12)).filter((answer) => answer === 'RATE_LIMITED').length).toBeGreaterThan(5);
  });

  inWorld(
    'R2 R4 R11 deny: messages are OVERLOADED without a strike, handshakes 503, and connections stay',
    async ({ redis, two }) => {
      const pair = await two({
        ...PATIENT,
        rateLimit: 1000,
        redisOutage: 'deny',
        redisLimits: 'exact',
        strikeLimit: 3,
      });
      const [one, other] = [await pair[0].connect('alice'), await pair[1].connect('alice')];
      await freeze(redis, pair, [one, other]);
      expect(await answers(one, 10)).toEqual(times(10, 'OVERLOADED'));
      expect(pair.map(({ isReady }) => isReady)).toEqual([false, false]);
      expect(await pair[1].refusal('bob')).toBe(503);
      await thaw(redis, pair);
      expect(pair.map(({ isReady }) => isReady)).toEqual([true, true]);
      expect(await answers(one, 5)).toEqual(times(5, 'echo'));
      expect(await answers(other, 1)).toEqual(['echo']);
      await (await pair[1].connect('bob')).close();
    },
  );

  inWorld(
    'R4 local: places that were taken meanwhile count for all when it is back',
    async ({ redis, two }) => {
      const pair = await two({
        ...PATIENT,
        maxConnectionsPerUser: 2,
        rateLimit: 1000,
        redisLimits: 'exact',
      });
      const first = await pair[0].connect('alice');
      await freeze(redis, pair, [first, await pair[1].connect('bob')]);
      await pair[1].connect('alice');
      await pair[1].connect('alice');
      expect(await pair[1].refusal('alice')).toBe(429);
      await thaw(redis, pair);
      await pair[1].heard('cluster.over-cap');
      expect([await pair[0].refusal('alice'), await pair[1].refusal('alice')]).toEqual([429, 429]);
    },
  );

  inWorld('R11 stop within some seconds', async ({ redis, two }) => {
    const [one, other] = await two({ drainTimeoutMs: 3000 });
    redis.freeze();
    const startedAt = Date.now();
    await Promise.all([one.close(), other.close()]);
    expect(Date.now() - startedAt).toBeLessThan(7000);
  });

  inWorld(
    'R4 a Redis that lost its memory is told all places again, and nobody enters above the cap',
    async ({ redis, two }) => {
      const pair = await two({ ...PATIENT, maxConnectionsPerUser: 2 });
      await pair[0].connect('alice');
      await pair[1].connect('alice');
      await knowEachOther(redis);
      await redis.restart();
      await Promise.all(pair.map((node) => node.heard('cluster.memory-lost')));
      expect([await pair[0].refusal('alice'), await pair[1].refusal('alice')]).toEqual([429, 429]);
      expect(pair[0].told.map(({ type }) => type)).toEqual(
        expect.arrayContaining(['cluster.down', 'cluster.failover', 'cluster.up']),
      );
    },
  );

  inWorld('R11 local: nodes that stop do not wait long for it', async ({ redis, nodes, two }) => {
    const pair = await two({ resume: true });
    await pair[0].connect('alice');
    redis.freeze();
    nodes.length = 0;
    const startedAt = performance.now();
    await Promise.all(pair.map((node) => node.close()));
    expect(performance.now() - startedAt).toBeLessThan(4000);
  });
});
