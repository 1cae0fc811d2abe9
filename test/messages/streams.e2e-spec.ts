import {
  ConnectionRegistry,
  type SecurityEvent,
  SecurityEvents,
  type WsSecurityOptions,
} from 'nestjs-ws-security';
import { servedOf } from '../../src/connection/served-connection.js';
import { ManualClock } from '../support/manual-clock.js';
import { until } from '../support/resuming.js';
import { type RunningApp, startApp } from '../support/start-app.js';
import { InterceptedGateway, StreamGateway, TOO_MANY, emitted, open } from '../support/stream.gateways.js';
import { type Frame, TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';

const OVERLOADED = {
  event: 'exception',
  data: { status: 'error', code: 'OVERLOADED', message: 'The service is overloaded.', retryAfterMs: 1000 },
};

let clock: ManualClock;
let running: RunningApp;

async function start(options: WsSecurityOptions = {}): Promise<void> {
  open.length = 0;
  clock = new ManualClock();
  running = await startApp({
    gateways: [StreamGateway, InterceptedGateway],
    clock,
    // Any violation would end the connection.
    options: { strikeLimit: 1, frameBurst: 10_000, rateLimit: 10_000, ...options },
  });
}

afterEach(() => running.close());

const connect = async (path = '/ws'): Promise<TestClient> =>
  TestClient.connect(running.url + path, { token: await mintToken() });

async function begin(client: TestClient, streams: number): Promise<void> {
  for (let i = 0; i < streams; i++) expect(await client.request('endless')).toMatchObject({ data: 1 });
}

describe('R9 the limit of open streams per connection', () => {
  it('answers one more with OVERLOADED, does not start it and counts no violation', async () => {
    await start();
    const events: SecurityEvent[] = [];
    running.app.get(SecurityEvents).events.subscribe((event) => events.push(event));
    const [client, other] = [await connect(), await connect()];
    await begin(client, 16);
    for (let i = 0; i < 3; i++)
      expect(await client.request('endless')).toEqual({ ...OVERLOADED, id: 17 + i });
    expect(open).toHaveLength(16);
    expect(await client.request('once')).toMatchObject({ data: 'once' });
    // The limit is per connection.
    await begin(other, 1);
    clock.advance(10_100);
    expect(events.filter(({ type }) => type === 'messages.refused')).toMatchObject([
      { counts: { OVERLOADED: 3 } },
    ]);
    await Promise.all([client.close(), other.close()]);
    await until(() => open.length === 0);
  });

  it('frees a place when a stream completes, fails or throws in its teardown', async () => {
    await start({ maxStreams: 2 });
    const client = await connect();
    await begin(client, 2);
    const [first, second] = open;
    first?.complete();
    await begin(client, 1);
    expect(await client.request('endless')).toMatchObject(OVERLOADED);
    second?.error(new Error('canary'));
    expect(await client.next()).toMatchObject({ data: { code: 'INTERNAL_ERROR' } });
    for (let i = 0; i < 3; i++) expect(await client.request('ungraceful')).toMatchObject({ data: 1 });
    await begin(client, 1);
    expect(await client.request('ungraceful')).toMatchObject(OVERLOADED);
    await client.close();
  });

  it('applies behind interceptors too, where a single answer needs no place', async () => {
    await start({ maxStreams: 2 });
    const client = await connect('/intercepted');
    await begin(client, 2);
    const answers: [event: string, answer: object][] = [
      ['once', { data: 'once' }],
      ['later', { data: 'later' }],
      ['cached', { data: 'cached' }],
      ['nothing', { event: 'ack' }],
      ['one', { data: 'one' }],
      ['two', OVERLOADED],
      // Its first value has no place, so its error is the answer.
      ['failing', { event: 'exception', data: { code: 'INTERNAL_ERROR' } }],
      ['endless', OVERLOADED],
      ['ungraceful', OVERLOADED],
    ];
    for (const [event, answer] of answers) expect(await client.request(event)).toMatchObject(answer);
    // A stream without a place sends nothing and does not continue.
    expect(client.take()).toEqual([]);
    expect(open).toHaveLength(2);
    open[0]?.complete();
    const values: Frame[] = [await client.request('two'), await client.next()];
    expect(values.map(({ data }) => data)).toEqual(['one', 'two']);
    await begin(client, 1);
    expect(await client.request('endless')).toMatchObject(OVERLOADED);
    await client.close();
    await until(() => open.length === 0);
  });
});

describe('R8 a stream ends when too much waits for its client', () => {
  it.each(['/ws', '/intercepted'])('also on %s when it emits synchronously', async (path) => {
    await start();
    const [client, other] = [await connect(path), await connect()];
    client.send({ event: 'greedy', data: { size: 1000 } });
    expect((await client.closed).code).toBe(1013);
    expect(emitted).toBeLessThan(TOO_MANY);
    expect(await other.request('once')).toMatchObject({ data: 'once' });
    await other.close();
  });

  it('when the client does not read', async () => {
    await start();
    const client = await connect();
    client.send({ event: 'patient', data: { size: 50_000 } });
    await client.next();
    client.socket.pause();
    const registry = running.app.get(ConnectionRegistry);
    const [connection] = [...registry];
    await until(() => connection?.isOpen === false);
    expect(connection && servedOf(connection).closedWith).toBe(1013);
    await until(() => open.length === 0);
    client.socket.terminate();
    await until(() => registry.size === 0);
  });
});
