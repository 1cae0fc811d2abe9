import { ConnectionRegistry, type WsSecurityOptions } from 'nestjs-ws-security';
import { EchoGateway } from '../support/echo.gateway.js';
import { eventually } from '../support/eventually.js';
import { Logged } from '../support/logged.js';
import { OtherVersions } from '../support/other-versions.js';
import { RedisNode } from '../support/redis-nodes.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';
import { connectResuming, cut } from '../support/resuming.js';
import { Service } from '../support/service.js';
import { signIn } from '../support/sign-in.js';
import { TcpRelay } from '../support/tcp-relay.js';
import { TestClient } from '../support/test-client.js';
import { mintToken, SECRET } from '../support/tokens.js';

const BASE = { WS_JWT_SECRET: SECRET, PLAIN_HTTP: '1', WS_RESUME: 'true' };
const NODES = 'wss:1:{c}:nodes';

describeWithRedis('nodes of other versions and with other rules', () => {
  let versions: OtherVersions;
  let redis: RedisServer;
  let node: RedisNode;
  let logged: Logged;

  const startNode = (options: WsSecurityOptions = {}, url = redis.url): Promise<RedisNode> =>
    RedisNode.start({ url }, { gateways: [EchoGateway], options: { resume: true, ...options } });

  beforeAll(async () => {
    versions = OtherVersions.make();
    redis = await RedisServer.start();
  });

  beforeEach(async () => {
    await redis.command('FLUSHALL');
    node = await startNode();
    logged = new Logged();
  });

  afterEach(async () => {
    logged.stop();
    await node.close();
    expect(node.isReady).toBe(true);
  });

  afterAll(async () => {
    await redis.stop();
    versions.remove();
  });

  /** What a version says that does not start. */
  const failure = async (script: string): Promise<string> => {
    const service = Service.spawn({ ...BASE, WS_REDIS_URL: redis.url }, script);
    expect(await service.exited).toEqual({ code: 1, signal: null });
    expect(await redis.command('HLEN', NODES)).toBe(1);
    return service.stderr;
  };

  it('C7 a version with another format of keys does not start beside this one', async () => {
    const script = versions.script('1.0.0', [['FORMAT_VERSION = 1;', 'FORMAT_VERSION = 2;']]);
    expect(await failure(script)).toMatch(
      /^WS_REDIS_URL: leads to live nodes whose version .* another format of keys/m,
    );
  });

  it('C7 a version with other scripts does not start beside this one', async () => {
    const change = [
      "redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[4])",
      "redis.call( 'SET', KEYS[1], ARGV[3], 'PX', ARGV[4])",
    ] as const;
    const script = versions.script('1.1.0', [change]);
    expect(await failure(script)).toMatch(
      /^WS_REDIS_URL: leads to live nodes whose version .* uses Redis differently/m,
    );
  });

  it('S2 S5 a later version with the same rules is one of the nodes, and what it knows more is no mistake', async () => {
    const script = versions.script('1.2.0', [
      ['JSON.stringify(session)', 'JSON.stringify({ ...session, later: [1] })'],
      [
        'return this.control.append(SIGNAL, JSON.stringify([request, signal])',
        `void this.control.append('later', 'x'); void this.control.append(SIGNAL, '[0,{"type":"later"}]');
         return this.control.append(SIGNAL, JSON.stringify([request, { ...signal, later: true }, 'later'])`,
      ],
    ]);
    const service = await Service.start({ ...BASE, WS_REDIS_URL: redis.url }, script);
    const url = `${service.url.replace('http', 'ws')}/ws`;
    const begun = await connectResuming(url);
    begun.client.socket.terminate();
    const offer = { token: begun.resume.token, lastSeq: begun.resume.seq };
    const moved = await connectResuming(`${node.url}/ws`, offer);
    expect(moved.resume.recovered).toBe(true);
    await cut(moved.client, node.running.app.get(ConnectionRegistry));
    const again = { token: moved.resume.token, lastSeq: moved.resume.seq };
    const back = await connectResuming(url, again);
    expect(back.resume.recovered).toBe(true);
    const here = await node.connect('alice');
    // Who is there is told by beats.
    await eventually(async () => expect(await redis.command('HLEN', NODES)).toBe(2));
    await node.running.app.get(ConnectionRegistry).kick('alice');
    expect(await here.closed).toEqual({ code: 4403, reason: 'kicked' });
    expect(await back.client.closed).toEqual({ code: 4403, reason: 'kicked' });
    const bob = await node.connect('bob');
    const root = await TestClient.connect(url, { token: await signIn(service.url, 'root') });
    await root.request('admin.kick', { userId: 'bob' });
    expect(await bob.closed).toEqual({ code: 4403, reason: 'kicked' });
    expect(await service.stop()).toEqual({ code: 0, signal: null });
    expect(logged.errors).toEqual([]);
    expect(service.stderr).toBe('');
  });

  it('other limits than on another node are no other rules', async () => {
    const other = await startNode({ rateLimit: 7, maxConnectionsPerUser: 1 });
    expect([other.isReady, node.isReady]).toEqual([true, true]);
    await node.connect('alice');
    expect(await other.refusal('alice')).toBe(429);
    const more = await TestClient.connect(`${node.url}/ws`, { token: await mintToken({ sub: 'alice' }) });
    await more.close();
    await other.close();
  });

  it('C7 a node that meets other rules only after its start says so, and is not ready until they are gone', async () => {
    const relay = await TcpRelay.start(redis.port);
    relay.isRefusing = true;
    const late = await startNode({ redisLimits: 'exact' }, `redis://127.0.0.1:${relay.port}`);
    expect(late.isReady).toBe(true);
    relay.isRefusing = false;
    await late.heard('cluster.version');
    expect([late.isReady, node.isReady]).toEqual([false, true]);
    expect(await late.refusal('alice')).toBe(503);
    expect(await redis.command('HLEN', NODES)).toBe(1);
    await node.close();
    await eventually(() => late.connect('alice'));
    expect(late.isReady).toBe(true);
    await late.close();
    await relay.stop();
    node = await startNode();
  });
});
