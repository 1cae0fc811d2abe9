import type { Server } from 'node:http';
import { type AddressInfo, createConnection } from 'node:net';
import { Test } from '@nestjs/testing';
import { SubscribeMessage } from '@nestjs/websockets';
import {
  type ConnectionEvent,
  ConnectionLifecycleService,
  ConnectionRegistry,
  DrainService,
  type Principal,
  SecureGateway,
  TokenVerifier,
  WsSecurityModule,
  type WsSecurityOptions,
} from 'nestjs-ws-security';
import { ManualClock } from '../support/manual-clock.js';
import { type AppOptions, startApp, type RunningApp } from '../support/start-app.js';
import { MetricsOf } from '../support/metrics-of.js';
import { TestClient } from '../support/test-client.js';
import { tokenPrincipal } from '../support/token-principal.js';
import { mintToken, SECRET } from '../support/tokens.js';

@SecureGateway({ path: '/ws' })
class SlowGateway {
  static waiting: (() => void)[] = [];

  @SubscribeMessage('slow')
  slow(): Promise<boolean> {
    return new Promise((resolve) => SlowGateway.waiting.push(() => resolve(true)));
  }

  @SubscribeMessage('quick')
  quick(): boolean {
    return true;
  }

  static release(): void {
    for (const resolve of SlowGateway.waiting.splice(0)) resolve();
  }
}

let clock: ManualClock;
let running: RunningApp;
let events: ConnectionEvent[];

async function start(
  options: WsSecurityOptions = {},
  overrides: AppOptions['overrides'] = [],
): Promise<void> {
  clock = new ManualClock();
  SlowGateway.waiting = [];
  running = await startApp({ gateways: [SlowGateway], clock, options, overrides });
  events = [];
  running.app.get(ConnectionLifecycleService).events.subscribe((event) => events.push(event));
}

const connect = async (protocols: string[] = []): Promise<TestClient> =>
  TestClient.connect(`${running.url}/ws`, { protocols, token: await mintToken() });

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function until(happened: () => boolean): Promise<void> {
  while (!happened()) await turn();
}

describe('S8 a drain', () => {
  it.each([[[]], [['ws-security.v1']]])(
    'answers what is under way first (subprotocols %j)',
    async (protocols) => {
      await start();
      const client = await connect(protocols);
      if (protocols.length > 0) await client.next();
      client.send({ event: 'slow', id: 1 });
      await until(() => SlowGateway.waiting.length === 1);
      const closing = running.close();
      if (protocols.length > 0)
        expect(await client.next()).toMatchObject({ event: 'goodbye', data: { code: 1012 } });
      for (let i = 0; i < 20; i++) await turn();
      expect(client.socket.readyState).toBe(client.socket.OPEN);
      SlowGateway.release();
      expect(await client.next()).toEqual({ event: 'slow', data: true, id: 1 });
      expect(await client.closed).toEqual({ code: 1012, reason: 'service restart' });
      await closing;
    },
  );

  it('answers what a client of the protocol sent before it heard the goodbye', async () => {
    await start();
    const client = await connect(['ws-security.v1']);
    await client.next();
    const closing = running.close();
    for (let id = 1; id <= 50; id++) client.send({ event: 'quick', id });
    const frames = await Promise.all(Array.from({ length: 51 }, () => client.next()));
    expect(frames.filter(({ event }) => event === 'quick')).toHaveLength(50);
    expect((await client.closed).code).toBe(1012);
    await closing;
  });

  it.each<[string, string | undefined]>([
    ['refresh', 'first'],
    ['login by a first message', undefined],
  ])('answers a %s that is under way', async (_what, token) => {
    let answer: () => void = () => undefined;
    const answered = new Promise<void>((resolve) => (answer = resolve));
    let isAsked = false;
    const verify = async (text: string): Promise<Principal> => {
      isAsked = text === 'late';
      if (isAsked) await answered;
      return tokenPrincipal('alice', clock.now() + 60_000);
    };
    await start({ authSources: ['header', 'message'] }, [[TokenVerifier, { verify }]]);
    const client = await TestClient.connect(`${running.url}/ws`, token === undefined ? {} : { token });
    client.send({ event: 'auth', data: { token: 'late' }, id: 1 });
    await until(() => isAsked);
    const closing = running.close();
    for (let i = 0; i < 20; i++) await turn();
    answer();
    const expiresAt = clock.now() + 60_000;
    expect(await client.next()).toEqual({ event: 'auth', data: { expiresAt }, id: 1 });
    expect(await client.closed).toEqual({ code: 1012, reason: 'service restart' });
    await closing;
  });

  it('does not wait for a handler beyond the deadline', async () => {
    await start({ drainTimeoutMs: 3000 });
    const client = await connect();
    client.send({ event: 'slow', id: 1 });
    await until(() => SlowGateway.waiting.length === 1);
    const closing = running.close();
    await turn();
    await clock.advanceUntil(closing);
    expect((await client.closed).code).toBe(1006);
    SlowGateway.release();
  });

  it('does not wait for a goodbye that nobody hears', async () => {
    await start();
    const client = await connect(['ws-security.v1']);
    client.socket.pause();
    const closing = running.close();
    await turn();
    clock.advance(1100);
    await turn();
    client.socket.resume();
    expect((await client.closed).code).toBe(1012);
    await closing;
  });

  it('that recycles sends everybody away and takes them back', async () => {
    await start({ drainBatch: 2, drainIntervalMs: 200 });
    const clients = await Promise.all(Array.from({ length: 5 }, () => connect(['ws-security.v1'])));
    const codes: number[] = [];
    for (const { closed } of clients) void closed.then(({ code }) => codes.push(code));
    const recycled = running.app.get(DrainService).recycle();
    for (const gone of [2, 4]) {
      await until(() => codes.length === gone);
      clock.advance(300);
    }
    await recycled;
    await until(() => codes.length === 5);
    expect(codes).toEqual(clients.map(() => 1012));
    expect(events.filter(({ type }) => type === 'draining')).toEqual([{ type: 'draining', connections: 5 }]);
    const back = await connect();
    expect(await back.request('quick')).toMatchObject({ data: true });
    await running.close();
  });

  it('twice at a time closes and counts each connection once', async () => {
    await start();
    await Promise.all(Array.from({ length: 4 }, () => connect()));
    const drain = running.app.get(DrainService);
    await Promise.all([drain.recycle(50), drain.recycle(100), drain.recycle(100)]);
    const metrics = new MetricsOf(running.app);
    expect(metrics.value('ws_security_drained_total')).toBe(4);
    await running.close();
  });
});

it('S8 connections that have said nothing do not hold a shutdown up', async () => {
  const module = await Test.createTestingModule({
    imports: [WsSecurityModule.forRoot({ jwtSecret: SECRET, logSecurityEvents: false })],
    providers: [SlowGateway],
  }).compile();
  const app = module.createNestApplication({ logger: false });
  await app.listen(0, '127.0.0.1');
  const server = app.getHttpServer() as Server;
  const accepted = new Promise((resolve) => server.once('connection', resolve));
  const silent = createConnection((server.address() as AddressInfo).port, '127.0.0.1');
  await accepted;
  const ended = new Promise((resolve) => silent.once('close', resolve));
  await app.close();
  await ended;
});

describe('events', () => {
  afterEach(() => running.close());

  const last = async (): Promise<object> => {
    const registry = running.app.get(ConnectionRegistry);
    await registry.whenEmpty();
    const { connection: _connection, ...event } = events.at(-1) as Extract<
      ConnectionEvent,
      { type: 'closed' }
    >;
    return event;
  };

  it('L1 tell who closed a connection', async () => {
    await start();
    (await connect()).socket.close(1000);
    await until(() => events.length === 2);
    expect(await last()).toEqual({ type: 'closed', code: 1000, cause: 'client', reason: '' });
    (await connect()).socket.terminate();
    await until(() => events.length === 4);
    expect(await last()).toEqual({ type: 'closed', code: 1006, cause: 'lost', reason: '' });
    const client = await connect();
    for (const connection of running.app.get(ConnectionRegistry)) connection.close(4403, 'kicked');
    await client.closed;
    await until(() => events.length === 6);
    expect(await last()).toEqual({ type: 'closed', code: 4403, cause: 'server', reason: 'kicked' });
  });

  it('L1 tell of refused handshakes', async () => {
    await start();
    await TestClient.refused(`${running.url}/ws`, { token: 'wrong' });
    expect(events).toEqual([{ type: 'refused', code: 'UNAUTHENTICATED', address: '127.0.0.1', path: '/ws' }]);
  });

  it('S3 an idle connection ends with 4440, and pings are no use', async () => {
    await start({ idleTimeoutMs: 60_000, heartbeatIntervalMs: 3_600_000 });
    const client = await connect();
    clock.advance(50_000);
    await client.request('quick');
    clock.advance(50_000);
    expect(await client.request('ping')).toMatchObject({ event: 'pong' });
    expect(client.socket.readyState).toBe(client.socket.OPEN);
    clock.advance(11_000);
    expect(await client.closed).toEqual({ code: 4440, reason: 'idle' });
    expect(events.map(({ type }) => type)).toContain('idle');
  });
});
