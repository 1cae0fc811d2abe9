import { Writable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import { type SecurityEvent, SecurityEvents, SecurityEventSink } from 'nestjs-ws-security';
import { PinoSink } from '../../docs/examples/pino.sink.js';
import { EchoGateway } from '../support/echo.gateway.js';
import { Logged } from '../support/logged.js';
import { ManualClock } from '../support/manual-clock.js';
import { rawHandshake, requestText } from '../support/raw-handshake.js';
import { startApp, type AppOptions, type RunningApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';

let clock: ManualClock;
let running: RunningApp;

async function start(sink: new (...args: never[]) => SecurityEventSink, more: Partial<AppOptions> = {}) {
  clock = new ManualClock();
  running = await startApp({
    gateways: [EchoGateway],
    clock,
    ...more,
    options: { logSecurityEvents: true, connectRateLimit: 20_000, authFailureLimit: 20_000, ...more.options },
    module: { ...more.module, providers: [{ provide: SecurityEventSink, useClass: sink }] },
  });
}

afterEach(() => running.close());

@Injectable()
class KeptEvents extends SecurityEventSink {
  static events: SecurityEvent[] = [];

  override write(event: SecurityEvent): void {
    KeptEvents.events.push(event);
  }
}

it('L4 L7 ten thousand refusals leave at most 20 lines, and say who', async () => {
  KeptEvents.events = [];
  await start(KeptEvents, { options: { trustedProxies: ['loopback'] } });
  KeptEvents.events = [];
  // One address sends half of them, another a quarter, and many others the rest.
  const addressOf = (i: number): string => {
    if (i % 2 === 0) return '192.0.2.1';
    return i % 4 === 1 ? '192.0.2.2' : `198.51.100.${i % 250}`;
  };
  const attempt = (i: number) =>
    rawHandshake(running.port, requestText('/ws', { 'X-Forwarded-For': addressOf(i) }));
  for (let i = 0; i < 10_000; i += 100)
    await Promise.all(Array.from({ length: 100 }, (_, next) => attempt(i + next)));
  clock.advance(10_000);
  expect(KeptEvents.events.length).toBeLessThanOrEqual(20);
  const summary = KeptEvents.events.at(-1) as Extract<SecurityEvent, { type: 'events.suppressed' }>;
  expect(summary).toMatchObject({ of: 'handshake.refused', code: 'UNAUTHENTICATED', suppressed: 9990 });
  expect(summary.top?.map(({ address }) => address).slice(0, 2)).toEqual(['192.0.2.1', '192.0.2.2']);
  expect(summary.top).toHaveLength(3);
  expect(summary.top?.[0]?.count).toBeGreaterThanOrEqual(4990);
}, 120_000);

it('L5 a sink that never answers harms nobody, and holds a bounded number of events', async () => {
  @Injectable()
  class Hanging extends SecurityEventSink {
    static taken = 0;

    override write(): Promise<void> {
      Hanging.taken++;
      return new Promise(() => undefined);
    }
  }
  await start(Hanging);
  const logged = new Logged();
  const client = await TestClient.connect(`${running.url}/ws`, { token: await mintToken() });
  const events = running.app.get(SecurityEvents);
  const act = { type: 'admin.ban', 'actor.id': 'root', target: 'user alice', note: '', counts: {} } as const;
  for (let i = 0; i < 5000; i++) events.emit(act);
  expect(Hanging.taken).toBe(1000);
  expect(logged.texts).toEqual(['A security event could not be written']);
  expect(await client.request('echo', { text: 'here' })).toMatchObject({ data: { text: 'here' } });
  await client.close();
  logged.stop();
});

it('L5 the promises of a sink that rejects are logged, and later events are written', async () => {
  @Injectable()
  class Rejecting extends SecurityEventSink {
    static taken = 0;

    override write(): Promise<void> {
      Rejecting.taken++;
      return Promise.reject(new Error('ECONNREFUSED'));
    }
  }
  await start(Rejecting);
  // The start is an event too, so that it has failed is logged already.
  clock.advance(10_100);
  const logged = new Logged();
  const events = running.app.get(SecurityEvents);
  const act = { type: 'admin.ban', 'actor.id': 'root', target: 'user alice', note: '', counts: {} } as const;
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < 900; i++) events.emit(act);
    // More than the thousand that may be pending are taken, because those before have ended.
    await new Promise(setImmediate);
  }
  expect(Rejecting.taken).toBeGreaterThan(2700);
  expect(logged.texts).toEqual(['A security event could not be written']);
  const client = await TestClient.connect(`${running.url}/ws`, { token: await mintToken() });
  expect(await client.request('echo', { text: 'here' })).toMatchObject({ data: { text: 'here' } });
  await client.close();
  logged.stop();
});

it('L3 L7 the recipe for nestjs-pino writes the same fields, with the severity as the level', async () => {
  const lines: string[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(chunk.toString());
      done();
    },
  });
  await start(PinoSink, { module: { imports: [LoggerModule.forRoot({ pinoHttp: { stream } })] } });
  await rawHandshake(running.port, requestText('/ws', { Origin: 'https://evil.test' }));
  const note = 'a\r\nb\u202e\u009b';
  running.app
    .get(SecurityEvents)
    .emit({ type: 'admin.ban', 'actor.id': 'root', target: 'user alice', note, counts: {} });
  const security = lines.filter((line) => line.includes('ws-security/1'));
  expect(security.map((line) => JSON.parse(line) as object)).toMatchObject([
    { level: 30, type: 'node.started', msg: 'node.started' },
    {
      level: 40,
      time: expect.any(Number) as number,
      type: 'handshake.refused',
      code: 'ORIGIN_NOT_ALLOWED',
      owasp: 'malicious_cors',
      origin: 'https://evil.test',
      msg: 'handshake.refused',
    },
    { type: 'admin.ban', note: 'a\\u000d\\u000ab\\u202e\\u009b' },
  ]);
  // Also what pino itself does not escape.
  for (const line of security) expect(line.trimEnd()).toMatch(/^[\x20-\x7e]+$/);
});

it('L7 the names of service and node are those of the settings, and two nodes may have the same', async () => {
  const names = { serviceName: 'chat', nodeId: 'pod-1' };
  KeptEvents.events = [];
  await start(KeptEvents, { options: names });
  const other = await startApp({ gateways: [EchoGateway], options: names });
  for (const event of KeptEvents.events)
    expect(event).toMatchObject({ 'service.name': 'chat', 'service.instance.id': 'pod-1' });
  expect(KeptEvents.events.length).toBeGreaterThan(0);
  await other.close();
});
