import { SubscribeMessage } from '@nestjs/websockets';
import {
  CloseCode,
  type Connection,
  ConnectionLifecycleService,
  ConnectionRegistry,
  SecureGateway,
  type ConnectionEvent,
} from 'nestjs-ws-security';
import { EchoGateway } from '../support/echo.gateway.js';
import { ManualClock } from '../support/manual-clock.js';
import { stall } from '../support/stall.js';
import { startApp, type RunningApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';

@SecureGateway({ path: '/hooks' })
class HookedGateway {
  static mode: 'fine' | 'throws' | 'rejects' | 'slow' = 'fine';
  static finish: () => void = () => undefined;
  static log: string[] = [];

  handleConnection(): unknown {
    HookedGateway.log.push('connect');
    if (HookedGateway.mode === 'throws') throw new Error('canary-hook');
    if (HookedGateway.mode === 'rejects') return Promise.reject(new Error('canary-hook'));
    if (HookedGateway.mode !== 'slow') return undefined;
    return new Promise<void>((resolve) => {
      HookedGateway.finish = () => {
        HookedGateway.log.push('connected');
        resolve();
      };
    });
  }

  handleDisconnect(): unknown {
    HookedGateway.log.push('disconnect');
    if (HookedGateway.mode === 'throws') throw new Error('canary-hook');
    return HookedGateway.mode === 'rejects' ? Promise.reject(new Error('canary-hook')) : undefined;
  }

  @SubscribeMessage('hello')
  hello(): boolean {
    HookedGateway.log.push('message');
    return true;
  }
}

let clock: ManualClock;
let running: RunningApp;

beforeEach(async () => {
  clock = new ManualClock();
  HookedGateway.mode = 'fine';
  HookedGateway.log = [];
  running = await startApp({
    gateways: [EchoGateway, HookedGateway],
    clock,
    options: { jwtClockSkewMs: 0, heartbeatIntervalMs: 25_000, heartbeatTimeoutMs: 10_000 },
  });
});

afterEach(() => running.close());

/** Waits for the server, which notices the end of a connection later than its client. */
async function until(happened: () => boolean): Promise<void> {
  while (!happened()) await new Promise((resolve) => setImmediate(resolve));
}

const theOne = (): Connection => [...running.app.get(ConnectionRegistry)][0] as Connection;

const connect = async (path = '/ws', expiresIn = 3600, protocols: string[] = []): Promise<TestClient> =>
  TestClient.connect(running.url + path, {
    protocols,
    token: await mintToken({}, { expiresIn, now: clock.now() }),
  });

describe('expiry', () => {
  it('S1 closes with 4419 when the token expires and not before', async () => {
    const client = await connect('/ws', 3);
    clock.advance(1900);
    expect(await client.request('echo', { text: 'alive' })).toMatchObject({ event: 'echo' });
    clock.advance(1200);
    expect(await client.closed).toEqual({ code: 4419, reason: 'token expired' });
  });

  it('S1 keeps a connection open whose token lives longer than a timer can count', async () => {
    const client = await connect('/ws', 60 * 86_400);
    expect(await client.request('echo', { text: 'alive' })).toMatchObject({ event: 'echo' });
    expect(running.app.get(ConnectionRegistry).size).toBe(1);
    await client.close();
  });
});

describe('heartbeat', () => {
  it('S4 keeps a client that answers and closes one that does not', async () => {
    const [alive, dead] = [await connect(), await connect()];
    dead.socket.pause();
    const pinged = new Promise((resolve) => alive.socket.once('ping', resolve));
    clock.advance(25_100);
    await pinged;
    await alive.request('echo', { text: 'the pong came before this' });
    clock.advance(10_100);
    dead.socket.resume();
    expect((await dead.closed).code).toBe(1006);
    expect(await alive.request('echo', { text: 'alive' })).toMatchObject({ event: 'echo' });
  });

  it('S4 keeps a client whose answer arrived while the process could not read', async () => {
    const client = await connect();
    await stall(clock, 12_000, () => {
      clock.advance(25_100);
      client.send({ event: 'echo', data: { text: 'after the ping' } });
    });
    expect(await client.next()).toMatchObject({ event: 'echo', data: { text: 'after the ping' } });
    expect(await client.request('echo', { text: 'alive' })).toMatchObject({ event: 'echo' });
  });

  it('S4 pings at every interval, even if an answer may take longer', async () => {
    const client = await connect();
    const pings: number[] = [];
    client.socket.on('ping', () => pings.push(clock.monotonic()));
    for (let second = 0; second < 80; second++) {
      clock.advance(1000);
      await client.request('echo', { text: 'alive' });
    }
    expect(pings).toHaveLength(3);
    for (const [n, at] of pings.entries()) expect(Math.abs(at - 25_000 * (n + 1))).toBeLessThan(1001);
  });
});

describe('connect and disconnect hooks', () => {
  it.each(['throws', 'rejects'] as const)(
    'L5 that %s close their connection with 1011 and affect nothing else',
    async (mode) => {
      const bystander = await connect('/hooks');
      HookedGateway.mode = mode;
      const client = await connect('/hooks');
      expect(await client.closed).toEqual({ code: 1011, reason: 'internal error' });
      expect(await bystander.request('hello')).toMatchObject({ event: 'hello' });
      await bystander.close();
      const disconnects = (): string[] => HookedGateway.log.filter((entry) => entry === 'disconnect');
      await until(() => disconnects().length >= 2);
      expect(disconnects()).toHaveLength(2);
    },
  );

  it('run in order: the disconnect hook waits for the connect hook', async () => {
    HookedGateway.mode = 'slow';
    const client = await connect('/hooks');
    for (const connection of running.app.get(ConnectionRegistry)) connection.terminate();
    await client.closed;
    const other = await connect();
    await other.request('echo', { text: 'meanwhile' });
    expect(HookedGateway.log).toEqual(['connect']);
    HookedGateway.finish();
    await other.request('echo', { text: 'and then' });
    expect(HookedGateway.log).toEqual(['connect', 'connected', 'disconnect']);
  });

  it('delay messages until the connect hook has finished', async () => {
    HookedGateway.mode = 'slow';
    const client = await connect('/hooks');
    const reply = client.request('hello');
    // After a round trip on the same server the message would have been served if it had not been delayed.
    const other = await connect();
    await other.request('echo', { text: 'meanwhile' });
    expect(HookedGateway.log).toEqual(['connect']);
    HookedGateway.finish();
    expect(await reply).toMatchObject({ event: 'hello', data: true });
    expect(HookedGateway.log).toEqual(['connect', 'connected', 'message']);
  });
});

describe('closing', () => {
  it('truncates a long reason between two characters', async () => {
    const client = await connect();
    for (const connection of running.app.get(ConnectionRegistry))
      connection.close(CloseCode.FORBIDDEN, 'é'.repeat(100));
    expect(await client.closed).toEqual({ code: 4403, reason: 'é'.repeat(61) });
  });
});

describe('events', () => {
  it('report the start and end of a connection, and the registry lists it', async () => {
    const events: ConnectionEvent[] = [];
    running.app.get(ConnectionLifecycleService).events.subscribe((event) => events.push(event));
    const registry = running.app.get(ConnectionRegistry);
    const client = await connect();
    expect(registry.ofUser('alice')).toHaveLength(1);
    expect(registry.ofUser('alice', 'https://elsewhere.test')).toHaveLength(0);
    const [accepted] = events as [Extract<ConnectionEvent, { type: 'accepted' }>];
    expect(registry.get(accepted.connection.id)).toBe(accepted.connection);
    await client.close();
    await registry.whenEmpty();
    await (await connect()).close();
    await registry.whenEmpty();
    expect(events.map(({ type }) => type)).toEqual(['accepted', 'closed', 'accepted', 'closed']);
    expect(registry.ofUser('alice')).toHaveLength(0);
  });
});

describe('ws-security.v1', () => {
  it('starts with the session, numbers pushes and ends with a goodbye', async () => {
    const client = await connect('/ws', 3, ['ws-security.v1']);
    expect(client.socket.protocol).toBe('ws-security.v1');
    const session = await client.next();
    expect(session).toMatchObject({
      event: 'session',
      data: { principal: { id: 'alice', roles: ['user'] }, heartbeatMs: 25_000, resume: null },
    });
    for (const connection of running.app.get(ConnectionRegistry)) {
      expect(connection.id).toBe(session.data?.['connectionId']);
      connection.push('news', 1);
      connection.push('news', 2);
    }
    expect([await client.next(), await client.next()]).toEqual([
      { event: 'news', data: 1, seq: 1 },
      { event: 'news', data: 2, seq: 2 },
    ]);
    clock.advance(3100);
    expect(await client.next()).toEqual({
      event: 'goodbye',
      data: { code: 4419, reason: 'token expired', reconnect: 'reauthenticate', retryAfterMs: 0 },
    });
  });

  it.each<[string, number, (client: TestClient) => unknown, object]>([
    [
      'the application',
      4403,
      () => theOne().close(CloseCode.FORBIDDEN, 'kicked'),
      { reason: 'kicked', reconnect: 'never', retryAfterMs: 0 },
    ],
    [
      'the application for a while',
      1013,
      () => theOne().close(CloseCode.TRY_AGAIN_LATER, 'moving', 3000),
      { reason: 'moving', reconnect: 'backoff', retryAfterMs: 3000 },
    ],
    [
      'a binary frame',
      1003,
      (client) => client.socket.send(Buffer.from('{}')),
      { reason: 'binary frames are not accepted', reconnect: 'never', retryAfterMs: 0 },
    ],
  ])('sends a goodbye when %s closes with %i', async (_who, code, end, data) => {
    const client = await connect('/ws', 3600, ['ws-security.v1']);
    await client.next();
    end(client);
    expect(await client.next()).toEqual({ event: 'goodbye', data: { code, ...data } });
    expect((await client.closed).code).toBe(code);
    expect(client.take()).toEqual([]);
  });

  it('S2 tells a client that is closed for good during a drain not to reconnect', async () => {
    const client = await connect('/ws', 3600, ['ws-security.v1']);
    await client.next();
    const connection = theOne();
    client.socket.on('message', () => connection.close(CloseCode.FORBIDDEN, 'kicked'));
    const closing = running.close();
    expect((await client.closed).code).toBe(4403);
    expect(client.take().map(({ event, data }) => [event, data?.['code']])).toEqual([
      ['goodbye', 1012],
      ['goodbye', 4403],
    ]);
    await closing;
  });
});

describe('shutdown', () => {
  it('S8 closes with 1012, refuses new clients with 503 and waits for disconnect hooks', async () => {
    const clients = await Promise.all([connect(), connect('/hooks'), connect('/hooks')]);
    // A client that does not answer the closing handshake prolongs the drain.
    clients[0].socket.pause();
    const closing = running.close();
    expect((await clients[1].closed).code).toBe(1012);
    expect((await clients[2].closed).code).toBe(1012);
    const refusal = await TestClient.refused(`${running.url}/ws`, { token: await mintToken() });
    expect(refusal).toMatchObject({
      status: 503,
      headers: { 'retry-after': '10' },
      body: { code: 'DRAINING' },
    });
    clock.advance(10_100);
    await closing;
    expect(HookedGateway.log.filter((entry) => entry === 'disconnect')).toHaveLength(2);
    expect(running.app.get(ConnectionRegistry).size).toBe(0);
    clients[0].socket.terminate();
  });

  it('S8 closes connections in paced batches', async () => {
    await running.close();
    running = await startApp({
      gateways: [EchoGateway],
      clock,
      options: { drainBatch: 2, drainIntervalMs: 500 },
    });
    const clients = [await connect(), await connect(), await connect()];
    const closed: number[] = [];
    for (const [index, client] of clients.entries()) void client.closed.then(() => closed.push(index));
    const closing = running.close();
    await Promise.all([clients[0]?.closed, clients[1]?.closed]);
    expect(closed.toSorted()).toEqual([0, 1]);
    clock.advance(600);
    await closing;
    await clients[2]?.closed;
    expect(clock.running).toBe(0);
  });
});
