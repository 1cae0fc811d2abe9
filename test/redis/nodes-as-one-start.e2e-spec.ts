import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { Redis } from 'ioredis';
import { ConnectionDirectory, MemoryConnectionDirectory, type WsSecurityOptions } from 'nestjs-ws-security';
import { redisStores } from 'nestjs-ws-security/redis';
import { RedisConnectionDirectory } from '../../src/redis/caps/redis-connection-directory.js';
import { atOnce } from '../support/at-once.js';
import { bundledService } from '../support/bundled.js';
import { ManualClock } from '../support/manual-clock.js';
import { endings } from '../support/endings.js';
import { EchoGateway } from '../support/echo.gateway.js';
import { problemsOf } from '../support/problems-of.js';
import { RedisNode } from '../support/redis-nodes.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';
import { BUILT_SERVICE, Service } from '../support/service.js';
import { eventually } from '../support/eventually.js';
import { post, signIn } from '../support/sign-in.js';
import { startApp } from '../support/start-app.js';
import { SECRET } from '../support/tokens.js';

const BASE = { WS_JWT_SECRET: SECRET, PLAIN_HTTP: '1' };
const NODES = 'wss:1:{c}:nodes';

describeWithRedis('an application over Redis', () => {
  const later = endings();
  let redis: RedisServer;

  const starts = (options: WsSecurityOptions = {}): Promise<string[]> =>
    problemsOf({ gateways: [EchoGateway], options: { redisUrl: redis.url, ...options } });

  beforeAll(async () => {
    redis = await RedisServer.start();
  });

  beforeEach(() => redis.command('FLUSHALL'));

  afterAll(() => redis.stop());

  it('C7 does not start beside nodes with other rules, and says which', async () => {
    const node = await RedisNode.start(redis, { gateways: [EchoGateway] });
    const close = later(() => node.close());
    expect(await starts({ redisLimits: 'exact', redisNodeTtlMs: 5000 })).toEqual([
      'WS_REDIS_LIMITS: is exact here and leased on another live node; all nodes need the same',
      'WS_REDIS_NODE_TTL_MS: is 5000 here and 10000 on another live node; all nodes need the same',
    ]);
    expect(await redis.command('HLEN', NODES)).toBe(1);
    await close();
    expect(await starts({ redisLimits: 'exact' })).toEqual([]);
  });

  it('C7 does not start beside nodes whose keys have another format', async () => {
    await redis.command('HSET', 'wss:2:{c}:nodes', 'later', `${Date.now()}:rules`);
    expect(await starts()).toEqual([expect.stringMatching(/^WS_REDIS_URL: .*another format/)]);
    await redis.command('HSET', 'wss:2:{c}:nodes', 'later', `${Date.now() - 60_000}:rules`);
    expect(await starts()).toEqual([]);
  });

  it('C7 does not start when the service lacks something, and says what', async () => {
    const user = [
      'on',
      '>secret',
      '~wss:*',
      '-@all',
      '+ping',
      '+auth',
      '+hello',
      '+eval',
      '+evalsha',
      '+time',
    ];
    await redis.command('ACL', 'SETUSER', 'narrow', 'reset', ...user, '+pexpire', '+hgetall');
    const url = redis.url.replace('redis://', 'redis://narrow:secret@');
    const problems = await starts({ redisUrl: url });
    expect(problems).toEqual([
      expect.stringMatching(/^WS_REDIS_URL: leads to a service that lacks XADD with MINID, XREAD BLOCK;/),
    ]);
    expect(problems.join()).not.toContain('secret');
  });

  it('C7 does not start when the service does not have the database of the URL', async () => {
    expect(await starts({ redisUrl: `${redis.url}/99` })).toEqual([
      expect.stringMatching(/^WS_REDIS_URL: leads to a service that lacks database 99;/),
    ]);
    expect(await redis.command('DBSIZE')).toBe(0);
  });

  it('is ready as long as nothing is wrong, and leaves nobody behind in Redis', async () => {
    const node = await RedisNode.start(redis, { gateways: [EchoGateway] });
    const close = later(() => node.close());
    expect(await redis.command('HLEN', NODES)).toBe(1);
    await close();
    expect(await redis.command('HLEN', NODES)).toBe(0);
  });

  it('S2 starts while Redis is away, refuses credentials until it comes, and is one of several then', async () => {
    const away = await RedisServer.start();
    later(() => away.stop());
    await away.kill();
    const config = { gateways: [EchoGateway], options: { maxConnectionsPerUser: 1 } };
    const startedAt = Date.now();
    const node = await RedisNode.start(away, config);
    later(() => node.close());
    expect(Date.now() - startedAt).toBeLessThan(2500);
    expect(await node.refusal('alice')).toBe(503);
    await away.restart();
    await eventually(() => node.connect('alice'));
    const other = await RedisNode.start(away, config);
    later(() => other.close());
    expect(await other.refusal('alice')).toBe(429);
  });

  it('takes the address from a client of its own, which it leaves alone', async () => {
    const client = new Redis(redis.url, { lazyConnect: true, keyPrefix: 'app:' });
    const running = await startApp({
      gateways: [EchoGateway],
      module: { providers: redisStores({ client }) },
    });
    const close = later(() => running.close());
    expect(running.app.get(ConnectionDirectory)).toBeInstanceOf(RedisConnectionDirectory);
    expect(await redis.command('HLEN', NODES)).toBe(1);
    await close();
    expect(client.status).toBe('wait');
  });

  it('C7 names the client of its own where something is wrong with its Redis', async () => {
    const client = new Redis(`${redis.url}/99`, { lazyConnect: true });
    const problems = await problemsOf({
      gateways: [EchoGateway],
      module: { providers: redisStores({ client }) },
    });
    expect(problems).toEqual([
      expect.stringMatching(/^redisStores\(\{ client \}\): leads to a service that lacks database 99;/),
    ]);
  });

  it('starts with a clock that stands still', async () => {
    const startedAt = performance.now();
    const node = await RedisNode.start(redis, {
      gateways: [EchoGateway],
      clock: new ManualClock(),
    });
    later(() => node.close());
    expect(performance.now() - startedAt).toBeLessThan(2500);
  });

  it('C7 takes nothing else for a client', () => {
    expect(() => redisStores({ client: undefined as never })).toThrow(
      /redisStores\(\{ client \}\): must be an instance of Redis or Cluster/,
    );
  });

  it('keeps a store of its own beside the shared ones', async () => {
    class OwnDirectory extends MemoryConnectionDirectory {}
    const running = await startApp({
      gateways: [EchoGateway],
      options: { redisUrl: redis.url },
      module: { providers: [{ provide: ConnectionDirectory, useClass: OwnDirectory }] },
    });
    later(() => running.close());
    expect(running.app.get(ConnectionDirectory)).toBeInstanceOf(OwnDirectory);
  });

  it('C7 tells wrong options of Redis with all others, and no password', async () => {
    const problems = await starts({
      redisUrl: 'redis://user:canary@host:99999',
      redisOutage: 'open' as 'deny',
      rateLimit: -1,
    });
    expect(problems.map((problem) => problem.split(':')[0])).toEqual([
      'WS_RATE_LIMIT',
      'WS_REDIS_URL',
      'WS_REDIS_OUTAGE',
    ]);
    expect(problems.join()).not.toContain('canary');
  });
});

/** The files of Redis that a process loads which has this environment, and ends. */
class LoadedFiles {
  private readonly folder = mkdtempSync(join(tmpdir(), 'ws-modules-'));
  private readonly file = join(this.folder, 'modules');
  readonly environment = {
    NODE_OPTIONS: `--import ${resolve('test/support/tell-modules.mjs')}`,
    MODULES_FILE: this.file,
  };

  /** Those of the process that has ended. */
  get files(): string[] {
    const names = readFileSync(this.file, 'utf8').split('\n');
    return names.filter((name) => /\/dist\/redis\/|ioredis/.test(name));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

/** A Redis of which a service warns. */
async function startEvicting(later: (end: () => unknown) => void): Promise<RedisServer> {
  const redis = await RedisServer.start({
    args: ['--maxmemory', '50mb', '--maxmemory-policy', 'allkeys-lru'],
  });
  later(() => redis.stop());
  return redis;
}

describeWithRedis('the reference service over Redis', () => {
  const test = atOnce(4);

  test('warns of a Redis that evicts keys, lives through its end, and exits with 0', async (later) => {
    const redis = await startEvicting(later);
    const service = await Service.start({ ...BASE, WS_REDIS_URL: redis.url });
    later(() => service.stop());
    expect(service.stdout + service.stderr).toMatch(/maxmemory-policy is allkeys-lru/);
    await redis.restart();
    const events = (): string => service.stdout.replaceAll(/.*"cluster\.up".*\n/g, (line) => `${line}!`);
    while (!events().includes('cluster.memory-lost')) await once(service.process.stdout!, 'data');
    expect(await service.stop()).toEqual({ code: 0, signal: null });
    expect(await redis.command('HLEN', NODES)).toBe(0);
  });

  test('S2 accepts a revocation while Redis is frozen, and other nodes hear of it afterwards', async (later) => {
    const redis = await startEvicting(later);
    const service = await Service.start({ ...BASE, WS_REDIS_URL: redis.url });
    later(() => service.stop());
    const node = await RedisNode.start(redis, { gateways: [EchoGateway] });
    later(() => node.close());
    const { url } = service;
    const root = await signIn(url, 'root');
    const client = await node.connect('alice');
    redis.freeze();
    later(() => redis.thaw());
    expect(await post(`${url}/auth/revoke`, { userId: 'alice' }, root)).toEqual({
      status: 202,
      body: { pending: true },
    });
    // N12
    expect((await post(`${url}/auth/ticket`, {}, await signIn(url, 'bob'))).status).toBe(503);
    redis.thaw();
    expect((await client.closed).code).toBe(4403);
  });

  test('ends by itself when nothing else is to do', async (later) => {
    const redis = await startEvicting(later);
    const loaded = new LoadedFiles();
    later(() => loaded.remove());
    const script = `
      import 'reflect-metadata';
      import { Module } from '@nestjs/common';
      import { NestFactory } from '@nestjs/core';
      import { WsSecurityModule } from 'nestjs-ws-security';
      class AppModule {}
      Module({ imports: [WsSecurityModule.forRoot()] })(AppModule);
      await NestFactory.createApplicationContext(AppModule, { logger: ['error'] });
      console.log('created');`;
    // Not among the built files, of which bundles are made meanwhile.
    const file = resolve('example', `context-${process.pid}.mjs`);
    writeFileSync(file, script);
    later(() => rmSync(file));
    const service = Service.spawn({ ...BASE, ...loaded.environment, WS_REDIS_URL: redis.url }, file);
    const exit = await service.exited;
    expect({ ...exit, errors: service.stderr, said: service.stdout.includes('created') }).toEqual({
      code: 0,
      signal: null,
      errors: '',
      said: true,
    });
    // What the next test does not find is found here.
    expect(loaded.files.length).toBeGreaterThan(10);
  });

  test('loads nothing of Redis without a URL', async (later) => {
    const loaded = new LoadedFiles();
    later(() => loaded.remove());
    const service = await Service.start({ ...BASE, ...loaded.environment }, BUILT_SERVICE);
    await service.stop();
    expect(loaded.files).toEqual([]);
  });
});

it('C7 needs the package ioredis for a URL, and says so with all other problems', async () => {
  // A bundle asks for the package as the built service does, and finds none there.
  const directory = mkdtempSync(join(tmpdir(), 'ws-without-ioredis-'));
  const script = bundledService('main');
  for (const name of readdirSync(dirname(script)))
    if (name.startsWith('main.')) cpSync(join(dirname(script), name), join(directory, name));
  const own = join(directory, 'main.js');
  const env = { ...BASE, WS_REDIS_URL: 'redis://localhost' };
  const failing = Service.spawn({ ...env, WS_RATE_LIMIT: 'x' }, own);
  expect(await failing.exited).toEqual({ code: 1, signal: null });
  const [, ...lines] = failing.stderr.trim().split('\n');
  expect(lines).toEqual([
    expect.stringMatching(/^WS_RATE_LIMIT: /),
    'WS_REDIS_URL: needs the package ioredis; run npm install ioredis',
  ]);
  const running = await Service.start(BASE, own);
  expect(await running.stop()).toEqual({ code: 0, signal: null });
  rmSync(directory, { recursive: true });
});
