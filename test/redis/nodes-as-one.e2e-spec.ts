import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { IsString } from 'class-validator';
import { SecureGateway, type WsSecurityOptions } from 'nestjs-ws-security';
import { eventually } from '../support/eventually.js';
import { RedisNode } from '../support/redis-nodes.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';
import { Service } from '../support/service.js';
import { TestClient } from '../support/test-client.js';
import { mintToken, SECRET } from '../support/tokens.js';

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

const FLOOD: WsSecurityOptions = { frameRate: 100_000, frameBurst: 100_000, strikeLimit: 100_000 };

/** How many of so many messages are accepted. */
async function accepted(client: TestClient, count: number): Promise<number> {
  for (let id = 1; id <= count; id++) client.send({ event: 'echo', data: { text: 'x' }, id });
  let echoes = 0;
  for (let i = 0; i < count; i++) if ((await client.next()).event === 'echo') echoes++;
  return echoes;
}

describeWithRedis('two nodes over one Redis', () => {
  let redis: RedisServer;
  const nodes: RedisNode[] = [];

  const start = async (options: WsSecurityOptions = {}): Promise<RedisNode> => {
    const node = await RedisNode.start(redis, { gateways: [Gateway], options });
    nodes.push(node);
    return node;
  };

  const two = async (options: WsSecurityOptions = {}): Promise<[RedisNode, RedisNode]> => [
    await start(options),
    await start(options),
  ];

  beforeAll(async () => {
    redis = await RedisServer.start();
  });

  beforeEach(() => redis.command('FLUSHALL'));

  afterEach(async () => {
    await Promise.all(nodes.splice(0).map((node) => node.close()));
  });

  afterAll(() => redis.stop());

  it('R2 accept no more messages of a user than the limit, exactly', async () => {
    const [one, other] = await two({ ...FLOOD, rateLimit: 5 });
    const clients = [await one.connect('alice'), await other.connect('alice')];
    const counts = await Promise.all(clients.map((client) => accepted(client, 10)));
    expect(counts[0]! + counts[1]!).toBe(5);
    expect(await accepted(await other.connect('bob'), 10)).toBe(5);
  });

  it('R2 accept a limit that is lent in portions, in all', async () => {
    const [one, other] = await two({ ...FLOOD, rateLimit: 100 });
    const clients = [await one.connect('alice'), await other.connect('alice')];
    let count = 0;
    for (let round = 0; round < 10; round++) {
      const counts = await Promise.all(clients.map((client) => accepted(client, 20)));
      count += counts[0]! + counts[1]!;
    }
    expect(count).toBeLessThanOrEqual(100);
    expect(count).toBeGreaterThanOrEqual(95);
  });

  it('R2 give back what they were lent when they stop', async () => {
    const [one, other] = await two({ ...FLOOD, rateLimit: 100 });
    const client = await one.connect('alice');
    expect(await accepted(client, 1)).toBe(1);
    await one.close();
    expect(await accepted(await other.connect('alice'), 120)).toBeGreaterThanOrEqual(98);
  });

  it('R4 accept no more connections of a user, and one for each that ends', async () => {
    const [one, other] = await two({ maxConnectionsPerUser: 2 });
    const first = await one.connect('alice');
    await other.connect('alice');
    expect([await one.refusal('alice'), await other.refusal('alice')]).toEqual([429, 429]);
    await other.connect('bob');
    await first.close();
    await expect(eventually(() => other.connect('alice'))).resolves.toBeInstanceOf(TestClient);
  });

  it('R4 accept no more connections of an address, and one for each that ends', async () => {
    const [one, other] = await two({ maxConnectionsPerAddress: 2 });
    const first = await one.connect('alice');
    await other.connect('bob');
    expect([await one.refusal('carol'), await other.refusal('carol')]).toEqual([429, 429]);
    await first.close();
    await expect(eventually(() => other.connect('carol'))).resolves.toBeInstanceOf(TestClient);
  });

  it('R4 accept exactly as many of many at once', async () => {
    const [one, other] = await two({ maxConnectionsPerUser: 10, connectRateLimit: 1000 });
    const token = await mintToken({ sub: 'alice' });
    const attempts = Array.from({ length: 60 }, (_, i) =>
      TestClient.connect(`${(i % 2 === 0 ? one : other).url}/ws`, { token }).then(
        () => 1,
        () => 0,
      ),
    );
    const counts: number[] = await Promise.all(attempts);
    expect(counts.reduce((sum, n) => sum + n, 0)).toBe(10);
  });

  it('R4 free the places of a node that is killed', async () => {
    const env = { WS_REDIS_URL: redis.url, WS_REDIS_NODE_TTL_MS: '2000', WS_MAX_CONNECTIONS_PER_USER: '1' };
    const service = await Service.start({ ...env, WS_JWT_SECRET: SECRET, PLAIN_HTTP: '1' });
    const node = await start({ redisNodeTtlMs: 2000, maxConnectionsPerUser: 1 });
    const token = await mintToken({ sub: 'alice' });
    await TestClient.connect(`${service.url.replace('http', 'ws')}/ws`, { token });
    expect(await node.refusal('alice')).toBe(429);
    service.process.kill('SIGKILL');
    await service.exited;
    const killedAt = Date.now();
    await eventually(() => node.connect('alice'));
    expect(Date.now() - killedAt).toBeLessThan(4000);
  });

  it('A8 count wrong credentials of an address together', async () => {
    const [one, other] = await two({ authFailureLimit: 4 });
    const statuses: number[] = [];
    for (let i = 0; i < 4; i++)
      for (const { url } of [one, other])
        statuses.push((await TestClient.refused(`${url}/ws`, { token: `wrong-${i}` })).status);
    expect(statuses).toEqual([401, 401, 401, 401, 429, 429, 429, 429]);
  });

  it('R3 count handshakes of an address together', async () => {
    const [one, other] = await two({ connectRateLimit: 4 });
    for (const node of [one, other, one, other]) await node.connect('alice');
    expect([await one.refusal('alice'), await other.refusal('alice')]).toEqual([429, 429]);
  });

  it('R12 leave no key without an end, and none that names a user or an address', async () => {
    const [one, other] = await two({ rateLimit: 5, authFailureLimit: 4 });
    for (const node of [one, other]) {
      expect(await accepted(await node.connect('alice'), 2)).toBe(2);
      await TestClient.refused(`${node.url}/ws`, { token: 'wrong' });
    }
    const keys = (await redis.command('KEYS', '*')) as string[];
    expect(keys.length).toBeGreaterThan(3);
    for (const key of keys) {
      expect(key).toMatch(/^wss:1:\{c\}:/);
      expect(key).not.toMatch(/alice|127\.0\.0\.1/);
      expect(await redis.command('PTTL', key)).toBeGreaterThan(0);
    }
  });
});
