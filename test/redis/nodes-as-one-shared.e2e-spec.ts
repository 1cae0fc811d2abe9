import { readFileSync } from 'node:fs';
import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { IsString } from 'class-validator';
import {
  type Connection,
  ConnectionRegistry,
  CurrentConnection,
  type Principal,
  RevocationService,
  SecureGateway,
  TicketService,
  type WsSecurityOptions,
} from 'nestjs-ws-security';
import { eventually } from '../support/eventually.js';
import { RedisNode } from '../support/redis-nodes.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';
import { connectResuming, cut } from '../support/resuming.js';
import { type Frame, TestClient } from '../support/test-client.js';

class RoomDto {
  @IsString()
  room!: string;
}

@SecureGateway({ path: '/ws' })
class Gateway {
  constructor(private readonly connections: ConnectionRegistry) {}

  @SubscribeMessage('join')
  join(@MessageBody() { room }: RoomDto, @CurrentConnection() connection: Connection): Promise<void> {
    return this.connections.join(connection, room);
  }

  @SubscribeMessage('echo')
  echo(): string {
    return 'echo';
  }
}

const ALICE: Principal = {
  id: 'alice',
  issuer: null,
  kind: 'token',
  roles: [],
  scopes: [],
  claims: {},
  expiresAt: null,
  sessionId: null,
};

/** The next pushes, as `event data`. */
async function pushes(client: TestClient, count: number): Promise<string[]> {
  const texts: string[] = [];
  while (texts.length < count) {
    const { event, data }: Frame = await client.next();
    texts.push(`${event} ${JSON.stringify(data)}`);
  }
  return texts;
}

describeWithRedis('what two nodes over one Redis share', () => {
  let redis: RedisServer;
  let one: RedisNode;
  let other: RedisNode;

  const registry = (node: RedisNode): ConnectionRegistry => node.running.app.get(ConnectionRegistry);

  const start = async (options: WsSecurityOptions = {}): Promise<void> => {
    const node = () =>
      RedisNode.start(redis, { gateways: [Gateway], options: { maxConnectionsPerUser: 100, ...options } });
    [one, other] = [await node(), await node()];
  };

  beforeAll(async () => {
    redis = await RedisServer.start();
  });

  beforeEach(() => redis.command('FLUSHALL'));

  afterEach(async () => {
    redis.thaw();
    await Promise.all([one.close(), other.close()]);
  });

  afterAll(() => redis.stop());

  it('S2 Z5 a revocation closes connections on the other node within two seconds, and is known there', async () => {
    await start();
    const clients = [await one.connect('alice'), await other.connect('alice')];
    const bystander = await other.connect('bob');
    const revokedAt = Date.now();
    await one.running.app.get(RevocationService).revokeUser('alice', null);
    for (const { closed } of clients) expect(await closed).toEqual({ code: 4403, reason: 'revoked' });
    expect(Date.now() - revokedAt).toBeLessThan(2000);
    expect([await one.refusal('alice'), await other.refusal('alice')]).toEqual([401, 401]);
    expect((await bystander.request('echo')).data).toBe('echo');
  });

  it('S2 a node that starts later knows revocations, and one whose Redis is frozen refuses credentials', async () => {
    await start();
    await one.running.app.get(RevocationService).revokeUser('alice', null);
    const later = await RedisNode.start(redis, { gateways: [Gateway] });
    expect(await later.refusal('alice')).toBe(401);
    const open = await later.connect('bob');
    redis.freeze();
    await new Promise((resolve) => setTimeout(resolve, 2100));
    expect(await later.refusal('carol')).toBe(503);
    expect((await open.request('echo')).data).toBe('echo');
    redis.thaw();
    await later.heard('cluster.up');
    await expect(eventually(() => later.connect('carol'))).resolves.toBeInstanceOf(TestClient);
    await later.close();
  });

  it('A9 a ban of one node is one of all', async () => {
    await start({ banMs: 60_000, strikeLimit: 2 });
    const [client, elsewhere] = [await one.connect('alice'), await other.connect('alice')];
    for (let i = 0; i < 3; i++) client.send({ event: 'nothing', id: i });
    expect((await client.closed).code).toBe(4429);
    expect(await elsewhere.closed).toEqual({ code: 4403, reason: 'banned' });
    expect(await other.refusal('alice')).toBe(403);
  });

  it('Z5 a kick reaches and counts the connections of all nodes', async () => {
    await start();
    const clients = [await one.connect('alice'), await other.connect('alice'), await other.connect('alice')];
    // A node hears of another one with its next beat.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect(await registry(one).kick('alice')).toBe(3);
    for (const { closed } of clients) expect(await closed).toEqual({ code: 4403, reason: 'kicked' });
    await (await other.connect('alice')).close();
  });

  it('N12 a ticket is good once, on whichever node', async () => {
    await start();
    const ticket = await one.running.app.get(TicketService).issue(ALICE);
    const attempts = Array.from({ length: 20 }, (_, i) =>
      TestClient.connect(`${(i % 2 === 0 ? one : other).url}/ws?ticket=${ticket}`).then(
        () => 1,
        () => 0,
      ),
    );
    const counts: number[] = await Promise.all(attempts);
    expect(counts.reduce((sum, n) => sum + n, 0)).toBe(1);
  });

  it('pushes to rooms, users and everyone reach members on all nodes, in one order', async () => {
    await start();
    const clients = [await one.connect('alice'), await other.connect('alice'), await other.connect('bob')];
    for (const client of clients) await client.request('join', { room: 'lobby' });
    await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        registry(i % 2 === 0 ? one : other).sendToRoom('lobby', 'room', i),
      ),
    );
    await registry(one).sendToUser('alice', 'user', 'a');
    await registry(other).broadcast('all', 'b');
    const [first, second] = [await pushes(clients[0]!, 102), await pushes(clients[1]!, 102)];
    expect(second).toEqual(first);
    expect(await pushes(clients[2]!, 101)).toEqual(first.filter((text) => text !== 'user "a"'));
    expect(new Set(first).size).toBe(102);
    const ofOne = first.slice(0, 100).filter((text) => Number(text.slice(5)) % 2 === 0);
    expect(ofOne).toEqual(Array.from({ length: 50 }, (_, i) => `room ${2 * i}`));
  });

  it('S5 S6 a client resumes on the other node, and loses no push', async () => {
    await start({ resume: true });
    const { client, resume } = await connectResuming(`${one.url}/ws`);
    await client.request('join', { room: 'lobby' });
    await registry(other).sendToRoom('lobby', 'room', 1);
    expect(await client.next()).toMatchObject({ event: 'room', data: 1, seq: 1 });
    await cut(client, registry(one));
    await registry(one).sendToRoom('lobby', 'room', 2);
    await registry(other).sendToRoom('lobby', 'room', 3);
    const back = await connectResuming(`${other.url}/ws`, { token: resume.token, lastSeq: 1 });
    expect(back.resume.recovered).toBe(true);
    expect(await pushes(back.client, 2)).toEqual(['room 2', 'room 3']);
    await registry(one).sendToRoom('lobby', 'room', 4);
    expect(await pushes(back.client, 1)).toEqual(['room 4']);
  });

  it('S5 S6 a client of a node that is stopped resumes on the other one', async () => {
    await start({ resume: true });
    const { client, resume } = await connectResuming(`${one.url}/ws`);
    await client.request('join', { room: 'lobby' });
    const closing = one.close();
    expect((await client.closed).code).toBe(1012);
    await registry(other).sendToRoom('lobby', 'room', 1);
    await closing;
    const back = await connectResuming(`${other.url}/ws`, { token: resume.token, lastSeq: 0 });
    expect(back.resume.recovered).toBe(true);
    expect(await pushes(back.client, 1)).toEqual(['room 1']);
  });

  it('S5 a session of a node that was killed is not recovered, and the client is told', async () => {
    await start({ resume: true });
    const unknown = Buffer.alloc(32, 7).toString('base64url');
    const { resume } = await connectResuming(`${one.url}/ws`, { token: unknown, lastSeq: 0 });
    expect(resume.recovered).toBe(false);
  });

  it('T7 do all that as a user with the rights that docs/cluster.md advises', async () => {
    const [, rights] =
      /^ACL SETUSER ws on >password (.*)$/m.exec(readFileSync('docs/cluster.md', 'utf8')) ?? [];
    await redis.command('ACL', 'SETUSER', 'ws', 'reset', 'on', '>password', ...(rights as string).split(' '));
    const redisUrl = redis.url.replace('redis://', 'redis://ws:password@');
    await start({ redisUrl, resume: true, rateLimit: 50 });
    const { client, resume } = await connectResuming(`${one.url}/ws`);
    await client.request('join', { room: 'lobby' });
    await cut(client, registry(one));
    await registry(other).sendToRoom('lobby', 'room', 1);
    const back = await connectResuming(`${other.url}/ws`, { token: resume.token, lastSeq: 0 });
    expect(back.resume.recovered).toBe(true);
    expect(await pushes(back.client, 1)).toEqual(['room 1']);
    await one.running.app.get(RevocationService).revokeUser('alice', null);
    expect((await back.client.closed).code).toBe(4403);
    const ticket = await one.running.app.get(TicketService).issue({ ...ALICE, id: 'bob' });
    await TestClient.connect(`${other.url}/ws?ticket=${ticket}`);
    for (const node of [one, other])
      expect(node.told.filter(({ type }) => type === 'cluster.down')).toEqual([]);
  });
});
