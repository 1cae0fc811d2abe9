import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  type Connection,
  ConnectionLifecycleService,
  ConnectionRegistry,
  type WsSecurityOptions,
} from 'nestjs-ws-security';
import { servedOf } from '../../src/connection/served-connection.js';
import { ManualClock } from '../support/manual-clock.js';
import { SlowGateway } from '../support/slow.gateway.js';
import { startApp, type RunningApp } from '../support/start-app.js';
import { type Frame, TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';

const FAST = { frameBurst: 1_000_000, rateLimit: 100_000, byteRate: 2 ** 30 };

let clock: ManualClock;
let running: RunningApp;

async function start(options: WsSecurityOptions = {}): Promise<void> {
  Object.assign(SlowGateway, { running: 0, most: 0, listening: 0, begun: 0, waiting: [], isClosed: true });
  clock = new ManualClock();
  running = await startApp({ gateways: [SlowGateway], clock, options: { ...FAST, ...options } });
}

afterEach(async () => {
  SlowGateway.release();
  await running.close();
});

const connect = async (sub = 'alice'): Promise<TestClient> =>
  TestClient.connect(`${running.url}/ws`, { token: await mintToken({ sub }) });

const registry = (): ConnectionRegistry => running.app.get(ConnectionRegistry);
const only = (): Connection => [...registry()][0] as Connection;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** The memory of array buffers in use. Collects garbage until nothing more is freed, or until it is low enough. */
async function heldBytes(enough = 0): Promise<number> {
  for (let held = Infinity; ;) {
    const { arrayBuffers } = process.memoryUsage();
    if (arrayBuffers >= held || arrayBuffers < enough) return arrayBuffers;
    held = arrayBuffers;
    collectGarbage();
    await turn();
  }
}

async function until(happened: () => boolean): Promise<void> {
  while (!happened()) await turn();
}

const take = (client: TestClient, count: number): Promise<Frame[]> =>
  Promise.all(Array.from({ length: count }, () => client.next()));

describe('R9 concurrent handlers of one connection', () => {
  it('run at most eight of five thousand calls at once, and answer all', async () => {
    await start();
    const client = await connect();
    for (let n = 0; n < 5000; n++) client.send({ event: 'slow', data: { n }, id: n });
    await until(() => servedOf(only()).isPaused);
    for (let i = 0; i < 20; i++) await turn();
    expect([SlowGateway.running, SlowGateway.most]).toEqual([8, 8]);
    SlowGateway.release();
    const answers = await take(client, 5000);
    expect(SlowGateway.most).toBe(8);
    expect(new Set(answers.map(({ id }) => id)).size).toBe(5000);
    expect(answers.every(({ event, data, id }) => event === 'slow' && (data as unknown) === id)).toBe(true);
    await client.close();
  });

  it('make the client wait through TCP without delaying other clients', async () => {
    await start({ maxInFlight: 2, maxQueued: 4 });
    const [client, other] = [await connect(), await connect('bob')];
    const padded = (n: number): string =>
      JSON.stringify({ event: 'slow', data: { n }, id: n }).padEnd(60_000);
    for (let n = 0; n < 350; n++) client.send(padded(n));
    await until(() => servedOf(only()).isPaused);
    for (let i = 0; i < 50; i++) await turn();
    // 21 MB were sent. What the kernel does not buffer is still with the client.
    expect(client.socket.bufferedAmount).toBeGreaterThan(1_000_000);
    expect(await other.request('context')).toMatchObject({ event: 'context' });
    SlowGateway.release();
    expect((await take(client, 350)).map(({ id }) => id).toSorted((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: 350 }, (_, n) => n),
    );
    await Promise.all([client.close(), other.close()]);
  });

  it('answer in the order of the requests when maxInFlight is 1', async () => {
    await start({ maxInFlight: 1 });
    SlowGateway.isClosed = false;
    const client = await connect();
    const events = ['slow', 'context', 'slow', 'three', 'context', 'slow'];
    events.forEach((event, id) => client.send({ event, data: { n: id }, id }));
    expect((await take(client, 8)).map(({ id }) => id)).toEqual([0, 1, 2, 3, 3, 3, 4, 5]);
    await client.close();
  });

  it('do not include streams, which end with their connection', async () => {
    await start({ maxInFlight: 1, maxStreams: 20 });
    const client = await connect();
    for (let id = 0; id < 20; id++) client.send({ event: id % 2 === 0 ? 'stream' : 'never', id });
    await take(client, 10);
    expect(SlowGateway.listening).toBe(10);
    expect(await client.request('context')).toMatchObject({ event: 'context' });
    await client.close();
    await until(() => SlowGateway.listening === 0);
  });

  it('end a stream at once when its connection has already closed', async () => {
    await start();
    const client = await connect();
    client.send({ event: 'late-stream' });
    await until(() => SlowGateway.waiting.length === 1);
    client.socket.terminate();
    await until(() => registry().size === 0);
    SlowGateway.release();
    await until(() => SlowGateway.begun === 1);
    await turn();
    expect(SlowGateway.listening).toBe(0);
  });

  it('L5 keep others unaffected by a stream that throws in its teardown', async () => {
    await start();
    const [client, other] = [await connect(), await connect('bob')];
    expect(await client.request('ungraceful')).toMatchObject({ data: 1 });
    const told: string[] = [];
    running.app.get(ConnectionLifecycleService).events.subscribe(({ type }) => told.push(type));
    await client.close();
    await until(() => registry().size === 1);
    await turn();
    expect(told).toEqual(['closed']);
    expect(await other.request('context')).toMatchObject({ event: 'context' });
    await other.close();
  });

  it('S4 do not let a waiting client look dead', async () => {
    await start({ maxInFlight: 1, maxQueued: 1, heartbeatIntervalMs: 1000, heartbeatTimeoutMs: 1000 });
    const client = await connect();
    for (let n = 0; n < 3; n++) client.send({ event: 'slow', data: { n }, id: n });
    await until(() => servedOf(only()).isPaused);
    for (let i = 0; i < 10; i++) {
      clock.advance(1000);
      await turn();
    }
    SlowGateway.release();
    expect(await take(client, 3)).toHaveLength(3);
    await client.close();
  });

  it('S2 allow a waiting client to be closed, and then start no queued call', async () => {
    await start({ maxInFlight: 1, maxQueued: 1 });
    const client = await connect();
    for (let n = 0; n < 10; n++) client.send({ event: 'slow', data: { n }, id: n });
    await until(() => servedOf(only()).isPaused);
    only().close(4403, 'kicked');
    expect((await client.closed).code).toBe(4403);
    SlowGateway.release();
    for (let i = 0; i < 20; i++) await turn();
    expect(SlowGateway.most).toBe(1);
  });

  it('each start in their own async context', async () => {
    await start({ maxInFlight: 1 });
    const client = await connect();
    for (let id = 0; id < 5; id++) client.send({ event: 'context', id });
    for (const { data } of await take(client, 5)) expect(data).toEqual({ left: 'nothing' });
    await client.close();
  });
});

describe('R8 clients that do not read', () => {
  const CHUNK = 'x'.repeat(200_000);

  /** Pushes to all connections until the first one is closed or this many bytes are sent. */
  async function push(bytes: number): Promise<void> {
    const slow = only();
    for (let sent = 0; sent < bytes && slow.isOpen; sent += CHUNK.length) {
      await registry().broadcast('tick', CHUNK);
      await turn();
    }
  }

  /** A client that reads everything, and keeps nothing. */
  async function connectReader(onMessage: () => void): Promise<TestClient> {
    const reader = await connect('bob');
    reader.socket.removeAllListeners('message').on('message', onMessage);
    return reader;
  }

  it('are closed with 1013 while the others receive everything', async () => {
    await start();
    const client = await connect();
    const slow = only();
    client.socket.pause();
    let received = 0;
    const reader = await connectReader(() => received++);
    const reading = [...registry()][1] as Connection;
    let sent = 0;
    const pushOne = async (): Promise<void> => {
      await registry().broadcast('tick', CHUNK);
      sent++;
      await until(() => received === sent || !reading.isOpen);
    };
    const before = await heldBytes();
    for (let n = 0; n < 300 && slow.isOpen; n++) await pushOne();
    expect(slow.isOpen).toBe(false);
    const bound = before + 20_000_000;
    expect(await heldBytes(bound)).toBeLessThan(bound);
    // A closed client has ten seconds to read the close frame.
    client.socket.resume();
    for (let n = 0; n < 100; n++) await pushOne();
    expect(received).toBe(sent);
    expect((await client.closed).code).toBe(1013);
    await reader.close();
  });

  it('get one goodbye if they use the protocol, and other clients miss nothing', async () => {
    await start({ maxBufferedBytes: 100_000 });
    const token = await mintToken({ sub: 'alice' });
    const client = await TestClient.connect(`${running.url}/ws`, { token, protocols: ['ws-security.v1'] });
    const slow = only();
    client.socket.pause();
    let received = 0;
    const reader = await connectReader(() => received++);
    const reading = [...registry()][1] as Connection;
    let sent = 0;
    for (; slow.isOpen && sent < 1000; sent++) {
      await registry().broadcast('tick', CHUNK);
      await until(() => received > sent || !reading.isOpen);
    }
    expect(slow.isOpen).toBe(false);
    expect(received).toBe(sent);
    const goodbyes: Frame[] = [];
    client.socket.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString()) as Frame;
      if (frame.event === 'goodbye') goodbyes.push(frame);
    });
    client.socket.resume();
    expect((await client.closed).code).toBe(1013);
    expect(goodbyes).toMatchObject([{ data: { code: 1013, reconnect: 'backoff' } }]);
    await reader.close();
  });

  it('get a second to catch up', async () => {
    await start({ maxBufferedBytes: 20_000_000 });
    const client = await connect();
    const slow = only();
    client.socket.pause();
    while (slow.socket.readyState === 1 && !slow.isBehind) await push(CHUNK.length);
    client.socket.resume();
    await until(() => !slow.isBehind || !slow.isOpen);
    clock.advance(2000);
    expect(slow.isOpen).toBe(true);
    await client.close();
  });

  it('are closed after that second even if nothing more is sent', async () => {
    await start({ maxBufferedBytes: 20_000_000 });
    const client = await connect();
    const slow = only();
    client.socket.pause();
    while (!slow.isBehind) await push(CHUNK.length);
    expect(slow.isOpen).toBe(true);
    clock.advance(1100);
    expect(slow.isOpen).toBe(false);
    client.socket.resume();
    expect((await client.closed).code).toBe(1013);
  });
});

it('a push to many clients is serialised and framed once', async () => {
  await start({ maxConnectionsPerUser: 100 });
  const clients = await Promise.all(Array.from({ length: 30 }, () => connect()));
  let serialised = 0;
  const data = { toJSON: () => ({ n: ++serialised }) };
  await registry().broadcast('tick', data);
  const frames = await Promise.all(clients.map((client) => client.next()));
  expect(frames).toEqual(frames.map(() => ({ event: 'tick', data: { n: 1 } })));
  await Promise.all(clients.map((client) => client.close()));
});
