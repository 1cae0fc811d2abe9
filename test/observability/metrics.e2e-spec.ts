import { ConnectedSocket, MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { IsInt, IsString } from 'class-validator';
import { Throttle } from '@nestjs/throttler';
import {
  BanService,
  ConnectionRegistry,
  connectionOf,
  DrainService,
  SecureGateway,
  type SecurityEvent,
  SecurityEvents,
  WsPublic,
  type WsSecurityOptions,
} from 'nestjs-ws-security';
import { certificate } from '../support/certificate.js';
import { CountedWork } from '../support/counted-work.js';
import { EchoDto } from '../support/echo.gateway.js';
import { LegacyGateway } from '../support/metrics.gateways.js';
import { ManualClock } from '../support/manual-clock.js';
import { MetricsOf } from '../support/metrics-of.js';
import { connectResuming, cut, until } from '../support/resuming.js';
import { type AppOptions, type RunningApp, startApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';

class NumberDto {
  @IsInt()
  n!: number;
}

class RoomDto {
  @IsString()
  room!: string;
}

@SecureGateway({ path: '/ws' })
class MeasuredGateway {
  static waiting: (() => void)[] = [];

  constructor(private readonly connections: ConnectionRegistry) {}

  @SubscribeMessage('echo')
  echo(@MessageBody() { text }: EchoDto): { text: string } {
    return { text };
  }

  @SubscribeMessage('fail')
  fail(): void {
    throw new Error('canary-failure');
  }

  @Throttle({ default: { limit: 1, ttl: 60_000 } })
  @SubscribeMessage('rare')
  rare(): null {
    return null;
  }

  @SubscribeMessage('hold')
  async hold(@MessageBody() { n }: NumberDto): Promise<number> {
    await new Promise<void>((resolve) => MeasuredGateway.waiting.push(resolve));
    return n;
  }

  @SubscribeMessage('join')
  join(@MessageBody() { room }: RoomDto, @ConnectedSocket() client: object): Promise<void> {
    return this.connections.join(connectionOf(client), room);
  }

  static release(): void {
    for (const resolve of MeasuredGateway.waiting.splice(0)) resolve();
  }
}

@SecureGateway({ path: '/public', public: true })
class OpenGateway {
  @WsPublic()
  @SubscribeMessage('echo')
  echo(@MessageBody() { text }: EchoDto): { text: string } {
    return { text };
  }
}

const PLENTY = {
  frameRate: 1_000_000,
  frameBurst: 1_000_000,
  rateLimit: 100_000,
  connectRateLimit: 100_000,
  authFailureLimit: 100_000,
  maxConnectionsPerUser: 1000,
  strikeLimit: 100_000,
};

let clock: ManualClock;
let running: RunningApp;
let metrics: MetricsOf;

async function start(options: WsSecurityOptions = {}, further: Partial<AppOptions> = {}): Promise<void> {
  MeasuredGateway.waiting = [];
  clock = new ManualClock();
  running = await startApp({
    gateways: [MeasuredGateway, OpenGateway],
    clock,
    options: { ...PLENTY, ...options },
    ...further,
  });
  metrics = new MetricsOf(running.app);
}

const connect = async (sub = 'alice', path = '/ws'): Promise<TestClient> =>
  TestClient.connect(running.url + path, { token: await mintToken({ sub }) });

afterEach(async () => {
  MeasuredGateway.release();
  const closed = running.close();
  await clock.advanceUntil(closed);
  await closed;
});

// First, because V8 counts less of what it has optimized.
describe('O1 the cost of a scrape', () => {
  it('does not depend on the number of connections', async () => {
    await start();
    await connect('first');
    const work = new CountedWork();
    const collect = (): unknown => metrics.families;
    collect();
    const few = work.of(collect);
    const others = await Promise.all(Array.from({ length: 150 }, (_, i) => connect(`user ${i}`)));
    await until(() => metrics.value('ws_security_connections') === 151);
    await Promise.all(others.map((client) => client.request('ping', undefined)));
    const registry = running.app.get(ConnectionRegistry);
    let iterations = 0;
    const iterate = registry[Symbol.iterator].bind(registry);
    registry[Symbol.iterator] = () => {
      iterations++;
      return iterate();
    };
    const many = work.of(collect);
    work.stop();
    Reflect.deleteProperty(registry, Symbol.iterator);
    expect(iterations).toBe(0);
    expect(few).toBeGreaterThan(100);
    // Each of the 150 others would count at least once. The counts of V8 vary by a few.
    expect(many - few).toBeLessThan(100);
  });

  it('and its length do not depend on what clients invent', async () => {
    await start();
    const visit = async (name: string): Promise<void> => {
      const client = await connect(`user ${name}`);
      await client.request(`event ${name}`, undefined);
      await client.request('echo', { text: name });
      client.socket.close(3000 + Math.floor(Math.random() * 1000), name);
      await client.closed;
      await TestClient.refused(`${running.url}/${name}`, { token: name });
      await TestClient.refused(`${running.url}/ws`, { token: name, origin: `https://${name}.example` });
      await TestClient.refused(`${running.url}/ws`, { token: name });
    };
    const round = async (from: number): Promise<number> => {
      await Promise.all(Array.from({ length: 20 }, (_, i) => visit(`invented${from + i}`)));
      await until(() => metrics.value('ws_security_connections') === 0);
      return metrics.series;
    };
    const first = await round(0);
    const second = await round(20);
    expect(await round(40)).toBe(Math.max(first, second));
    expect(metrics.valuesOf('event')).toEqual(['echo', 'fail', 'hold', 'join', 'other', 'rare']);
    expect(metrics.valuesOf('path')).toEqual(['/public', '/ws', 'other']);
    expect(JSON.stringify(metrics.families)).not.toMatch(/invented\d/);
  });
});

describe('O1 the door', () => {
  it('counts every upgrade once, by path and decision', async () => {
    await start();
    await connect();
    await TestClient.connect(`${running.url}/public`);
    await TestClient.refused(`${running.url}/ws`);
    await TestClient.refused(`${running.url}/ws`, { token: 'x.y.z' });
    await TestClient.refused(`${running.url}/ws`, {
      token: await mintToken(),
      origin: 'https://evil.example',
    });
    await TestClient.refused(`${running.url}/nowhere`);
    const name = 'ws_security_handshakes_total';
    expect(metrics.value(name)).toBe(6);
    expect(metrics.value(name, { path: '/ws', result: 'accepted' })).toBe(1);
    expect(metrics.value(name, { path: '/public', result: 'accepted' })).toBe(1);
    expect(metrics.value(name, { path: '/ws', result: 'UNAUTHENTICATED' })).toBe(2);
    expect(metrics.value(name, { path: '/ws', result: 'ORIGIN_NOT_ALLOWED' })).toBe(1);
    expect(metrics.value(name, { path: 'other', result: 'UNKNOWN_PATH' })).toBe(1);
    expect(metrics.count('ws_security_handshake_duration_seconds', { result: 'accepted' })).toBe(2);
    expect(metrics.count('ws_security_handshake_duration_seconds', { result: 'refused' })).toBe(4);
    const verified = 'ws_security_authentications_total';
    expect(metrics.value(verified)).toBe(2);
    expect(metrics.value(verified, { stage: 'handshake', source: 'header', outcome: 'success' })).toBe(1);
    expect(metrics.value(verified, { outcome: 'failure' })).toBe(1);
  });

  it('knows open connections by kind, and distinct users, also after a login and a refresh', async () => {
    await start({ authSources: ['header', 'message'] });
    const alice = await connect();
    await connect();
    const guest = await TestClient.connect(`${running.url}/public`);
    const open = 'ws_security_connections';
    expect(metrics.value(open, { path: '/ws', auth: 'token' })).toBe(2);
    expect(metrics.value(open, { path: '/public', auth: 'anonymous' })).toBe(1);
    expect(metrics.value('ws_security_users')).toBe(1);
    expect(metrics.value('ws_security_connections_limit')).toBe(10_000);
    await guest.request('auth', { token: await mintToken({ sub: 'bob' }) });
    await alice.request('auth', { token: await mintToken({ sub: 'alice' }) });
    expect(metrics.value(open, { auth: 'anonymous' })).toBe(0);
    expect(metrics.value(open, { path: '/public', auth: 'token' })).toBe(1);
    expect(metrics.value('ws_security_users')).toBe(2);
    const verified = 'ws_security_authentications_total';
    expect(metrics.value(verified, { stage: 'login', source: 'message', outcome: 'success' })).toBe(1);
    expect(metrics.value(verified, { stage: 'refresh', source: 'message', outcome: 'success' })).toBe(1);
    guest.socket.close();
    await guest.closed;
    await until(() => metrics.value(open) === 2);
    expect(metrics.value('ws_security_users')).toBe(1);
  });
});

describe('O1 messages', () => {
  const of = (event: string, outcome: string): number =>
    metrics.value('ws_security_messages_total', { path: '/ws', event, outcome });

  it('are each counted once, under a subscribed event or other', async () => {
    await start();
    const client = await connect();
    await client.request('echo', { text: 'hi' });
    await client.request('echo', { text: 1 });
    await client.request('echo', { text: 'hi', more: 1 });
    await client.request('fail', undefined);
    await client.request('rare', undefined);
    await client.request('rare', undefined);
    await client.request('invented', undefined);
    client.send('not json');
    await client.next();
    // Heartbeats of clients are not messages of the application.
    await client.request('ping', undefined);
    expect([of('echo', 'ok'), of('echo', 'VALIDATION_FAILED'), of('fail', 'INTERNAL_ERROR')]).toEqual([
      1, 2, 1,
    ]);
    expect([of('rare', 'ok'), of('rare', 'RATE_LIMITED')]).toEqual([1, 1]);
    expect([of('other', 'UNKNOWN_EVENT'), of('other', 'BAD_MESSAGE')]).toEqual([1, 1]);
    expect(metrics.value('ws_security_messages_total')).toBe(8);
    expect(metrics.count('ws_security_message_duration_seconds', { event: 'echo' })).toBe(3);
    expect(metrics.value('ws_security_throttled_total', { throttler: 'default' })).toBe(1);
    expect(metrics.value('ws_security_strikes_total', { code: 'UNKNOWN_EVENT' })).toBe(1);
  });

  it('of an expired credential are refused under their event', async () => {
    await start({ refreshGraceMs: 60_000 });
    const token = await mintToken({}, { expiresIn: 60, now: clock.now() });
    const client = await TestClient.connect(`${running.url}/ws`, { token });
    clock.jump(61_000);
    await client.request('echo', { text: 'hi' });
    await client.request('invented', {});
    expect([of('echo', 'TOKEN_EXPIRED'), of('other', 'TOKEN_EXPIRED')]).toEqual([1, 1]);
  });

  it('are measured from arrival to the end of their handler, and from arrival to its start', async () => {
    await start({ maxInFlight: 1, maxQueued: 2 });
    const client = await connect();
    for (let n = 0; n < 4; n++) client.send({ event: 'hold', data: { n }, id: n });
    await until(() => MeasuredGateway.waiting.length === 1);
    await until(() => metrics.value('ws_security_paused_connections') === 1);
    expect(metrics.value('ws_security_in_flight')).toBe(1);
    for (let n = 0; n < 4; n++) {
      clock.advance(2000);
      await until(() => MeasuredGateway.waiting.length === 1);
      MeasuredGateway.release();
      await client.next();
    }
    expect(metrics.value('ws_security_in_flight')).toBe(0);
    expect(metrics.value('ws_security_paused_connections')).toBe(0);
    const [duration] = metrics.distributions('ws_security_message_duration_seconds', { event: 'hold' });
    const [wait] = metrics.distributions('ws_security_message_wait_seconds', { event: 'hold' });
    expect([duration?.sum, wait?.sum]).toEqual([2 + 4 + 6 + 8, 0 + 2 + 4 + 6]);
    expect(wait?.counts[0]).toBe(1);
  });

  it('of connections that are gone hold no place', async () => {
    await start({ maxInFlight: 1, maxQueued: 1 });
    const client = await connect();
    for (let n = 0; n < 3; n++) client.send({ event: 'hold', data: { n }, id: n });
    await until(() => metrics.value('ws_security_paused_connections') === 1);
    client.socket.terminate();
    await until(() => metrics.value('ws_security_connections') === 0);
    expect(metrics.value('ws_security_paused_connections')).toBe(0);
    while (metrics.value('ws_security_in_flight') > 0) {
      MeasuredGateway.release();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(metrics.value('ws_security_paused_connections')).toBe(0);
  });

  it.each([
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ])('are counted in bytes of payload, compression %s, TLS %s', async (compression, isSecure) => {
    const ended: SecurityEvent[] = [];
    await start({ compression }, isSecure ? { tls: await certificate() } : {});
    running.app.get(SecurityEvents).events.subscribe((event) => {
      if (event.type === 'connection.closed') ended.push(event);
    });
    const client = await connect();
    const text = 'é'.repeat(40);
    const frame = JSON.stringify({ event: 'echo', data: { text }, id: 1 });
    client.send(frame);
    const answer = JSON.stringify(await client.next());
    expect(metrics.value('ws_security_received_bytes_total', { path: '/ws' })).toBe(Buffer.byteLength(frame));
    expect(metrics.value('ws_security_sent_bytes_total', { path: '/ws' })).toBe(Buffer.byteLength(answer));
    // The event has the bytes of the line: with the handshake, frames and TLS.
    await client.close();
    await until(() => ended.length > 0);
    const { received = 0, sent = 0 } = ended[0] as Extract<SecurityEvent, { type: 'connection.closed' }>;
    expect([received > 200, sent > 100]).toEqual([true, true]);
    if (!compression) expect([received > frame.length, sent > answer.length]).toEqual([true, true]);
  });

  it('that are pushed are counted once per path, and once per receiver', async () => {
    await start();
    const registry = running.app.get(ConnectionRegistry);
    const [first] = await Promise.all([connect(), connect('bob'), connect('carol')]);
    await TestClient.connect(`${running.url}/public`);
    await first?.request('join', { room: 'r' });
    await registry.broadcast('news', 1);
    await registry.sendToRoom('r', 'news', 2);
    await registry.sendToRoom('empty', 'news', 3);
    [...registry][0]?.push('news', 4);
    const pushes = 'ws_security_pushes_total';
    const receivers = 'ws_security_push_receivers_total';
    expect([metrics.value(pushes, { path: '/ws' }), metrics.value(receivers, { path: '/ws' })]).toEqual([
      3, 5,
    ]);
    expect(metrics.value(receivers, { path: '/public' })).toBe(1);
  });

  it('of unsecured gateways are counted too', async () => {
    await start({}, { gateways: [LegacyGateway], module: { unsecured: [LegacyGateway] } });
    const client = await TestClient.connect(`${running.url}/legacy`);
    client.send({ event: 'say', data: 'hi' });
    await client.next();
    client.send({ event: 'invented' });
    client.send({ event: 'say', data: 'hi' });
    await client.next();
    const labels = { path: '/legacy', event: 'say', outcome: 'ok' };
    await until(() => metrics.value('ws_security_messages_total', labels) === 2);
    expect(metrics.value('ws_security_messages_total')).toBe(2);
    expect(metrics.value('ws_security_sent_bytes_total', { path: '/legacy' })).toBe(
      2 * JSON.stringify({ event: 'said', data: 'hi' }).length,
    );
  });
});

describe('O1 abuse', () => {
  it('frames over a limit are counted by reason, and so is what comes of them', async () => {
    await start({ frameRate: 1, frameBurst: 3, strikeLimit: 3, banMs: 60_000 });
    const client = await connect();
    const guest = await TestClient.connect(`${running.url}/public`);
    for (const one of [client, guest])
      one.sendRaw(Buffer.concat(Array.from({ length: 10 }, () => Buffer.from([0x81, 0x80, 0, 0, 0, 0]))));
    await Promise.all([client.closed, guest.closed]);
    const dropped = 'ws_security_frames_dropped_total';
    expect(metrics.value(dropped, { reason: 'frame_rate' })).toBeGreaterThanOrEqual(6);
    expect(metrics.value(dropped, { reason: 'byte_rate' })).toBe(0);
    expect(metrics.value('ws_security_strikeouts_total')).toBe(2);
    for (const subject of ['principal', 'address']) {
      expect(metrics.value('ws_security_bans_total', { subject })).toBe(1);
      expect(metrics.value('ws_security_bans_active', { subject })).toBe(1);
    }
    await until(() => metrics.value('ws_security_closes_total', { code: '4429', cause: 'server' }) === 2);
    for (const { key } of await bans()) await running.app.get(BanService).lift(key);
    expect(metrics.value('ws_security_bans_active')).toBe(0);
    expect(metrics.value('ws_security_bans_total')).toBe(2);
  });

  const bans = async (): Promise<readonly { key: string }[]> => {
    const { BanStore } = await import('nestjs-ws-security');
    return running.app.get(BanStore).list();
  };

  it('bytes over a limit have a reason of their own', async () => {
    await start({ byteRate: 1, maxPayloadBytes: 200 });
    const client = await connect();
    const frame = JSON.stringify({ event: 'echo', data: { text: 'x'.repeat(50) } });
    for (let i = 0; i < 4; i++) client.send(frame);
    await until(() => metrics.value('ws_security_frames_dropped_total', { reason: 'byte_rate' }) > 0);
    expect(metrics.value('ws_security_frames_dropped_total', { reason: 'frame_rate' })).toBe(0);
  });

  it('frames after the end are dropped', async () => {
    await start();
    const client = await connect();
    const registry = running.app.get(ConnectionRegistry);
    [...registry][0]?.close(4403, 'test');
    for (let i = 0; i < 5; i++) client.sendRaw(Buffer.from([0x81, 0x80, 0, 0, 0, 0]));
    await client.closed;
    await until(() => registry.size === 0);
    expect(metrics.value('ws_security_frames_dropped_total', { reason: 'ending' })).toBe(5);
  });

  it('events are counted by type, and so are the lines that a flood hides', async () => {
    await start();
    for (let i = 0; i < 15; i++) await TestClient.refused(`${running.url}/ws`);
    expect(metrics.value('ws_security_events_total', { type: 'handshake.refused' })).toBe(15);
    await running.close();
    await start({ logSecurityEvents: true });
    for (let i = 0; i < 15; i++) await TestClient.refused(`${running.url}/ws`);
    expect(metrics.value('ws_security_events_suppressed_total', { type: 'handshake.refused' })).toBe(5);
  });
});

describe('O1 endings', () => {
  it('are counted by code and cause, with how long the connection was open', async () => {
    await start();
    const clients = await Promise.all(['a', 'b', 'c'].map((sub) => connect(sub)));
    const registry = running.app.get(ConnectionRegistry);
    clock.advance(7000);
    registry.ofUser('a')[0]?.close(4403, 'test');
    clients[1]?.socket.close(4999, 'own');
    clients[2]?.socket.terminate();
    await Promise.all(clients.map(({ closed }) => closed));
    await until(() => registry.size === 0);
    const closes = 'ws_security_closes_total';
    expect(metrics.value(closes, { path: '/ws', code: '4403', cause: 'server' })).toBe(1);
    expect(metrics.value(closes, { path: '/ws', code: 'other', cause: 'client' })).toBe(1);
    expect(metrics.value(closes, { path: '/ws', code: 'other', cause: 'lost' })).toBe(1);
    const [life] = metrics.distributions('ws_security_connection_duration_seconds', { cause: 'lost' });
    expect(life?.sum).toBe(7);
  });

  it('of a drain are told apart by whether everything was answered', async () => {
    await start({ drainTimeoutMs: 5000 });
    const [quiet, busy] = await Promise.all([connect('a'), connect('b')]);
    busy?.send({ event: 'hold', data: { n: 1 } });
    await until(() => MeasuredGateway.waiting.length === 1);
    expect(metrics.value('ws_security_draining')).toBe(0);
    const drained = running.app.get(DrainService).recycle();
    await quiet?.closed;
    await clock.advanceUntil(drained);
    expect(metrics.value('ws_security_drained_total', { outcome: 'answered' })).toBe(1);
    expect(metrics.value('ws_security_drained_total', { outcome: 'cut' })).toBe(1);
  });

  it('may be followed by a resumed session', async () => {
    await start({ resume: true });
    const registry = running.app.get(ConnectionRegistry);
    const url = `${running.url}/ws`;
    const { client, resume } = await connectResuming(url);
    await cut(client, registry);
    expect(metrics.value('ws_security_away_sessions')).toBe(1);
    const second = await connectResuming(url, { token: resume.token, lastSeq: 0 });
    await connectResuming(url, { token: resume.token, lastSeq: 0 });
    await cut(second.client, registry);
    await connectResuming(url, { token: second.resume.token, lastSeq: 7 });
    const results = ['recovered', 'refused', 'lost'].map((result) =>
      metrics.value('ws_security_resumes_total', { result }),
    );
    expect(results).toEqual([1, 1, 1]);
  });
});

describe('O1 pressure', () => {
  it('heartbeats measure the way to the client and back', async () => {
    await start();
    const client = await connect();
    const pinged = new Promise((resolve) => client.socket.once('ping', resolve));
    clock.advance(25_000);
    await pinged;
    await until(() => metrics.count('ws_security_round_trip_seconds') === 1);
    // A pong that nobody asked for says nothing.
    client.socket.pong();
    await client.request('echo', { text: 'hi' });
    expect(metrics.count('ws_security_round_trip_seconds')).toBe(1);
  });

  it('bytes that wait for a slow reader are known, and forgotten when it is gone', async () => {
    await start({ maxBufferedBytes: 2 ** 30 });
    const client = await connect();
    client.socket.pause();
    const registry = running.app.get(ConnectionRegistry);
    const data = 'x'.repeat(1_000_000);
    const buffered = (): number => metrics.value('ws_security_outbound_buffered_bytes');
    while (buffered() < 5_000_000) {
      await registry.broadcast('news', data);
      await new Promise((resolve) => setImmediate(resolve));
    }
    client.socket.terminate();
    await until(() => registry.size === 0);
    clock.advance(1100);
    expect(buffered()).toBe(0);
  });
});

describe('O1 what a node depends on', () => {
  it('is known by name', async () => {
    await start();
    expect(metrics.value('ws_security_verifier_up', { verifier: 'secret' })).toBe(1);
    expect(metrics.valuesOf('store')).toEqual([]);
    const [info] = metrics.families.find(({ name }) => name === 'ws_security_info')?.samples ?? [];
    expect(info).toEqual({
      value: 1,
      labels: {
        version: expect.any(String),
        nest: expect.stringMatching(/^1[12]\./),
        node_version: process.versions.node,
        service: expect.any(String),
        node: expect.any(String),
      },
    });
  });
});
