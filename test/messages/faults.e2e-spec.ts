import {
  ConnectionDirectory,
  ConnectionLifecycleService,
  SecurityEvents,
  type SecurityEvent,
  SecurityEventSink,
  WS_THROTTLER_STORAGE,
} from 'nestjs-ws-security';
import { config, filter, merge } from 'rxjs';
import { FaultyError, FaultyGateway, LostStore, fail, failLater } from '../support/faulty.gateway.js';
import { Logged } from '../support/logged.js';
import { ManualClock } from '../support/manual-clock.js';
import { type RunningApp, startApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';

let clock: ManualClock;
let running: RunningApp;
let logged: Logged;
let client: TestClient;
/** Errors that would have ended the process. */
const fatal: unknown[] = [];
const note = (reason: unknown): void => void fatal.push(reason);

beforeEach(async () => {
  config.onUnhandledError = note;
  process.on('unhandledRejection', note);
  clock = new ManualClock();
  running = await startApp({
    gateways: [FaultyGateway],
    clock,
    options: { rateLimit: 1000, frameRate: 10_000, frameBurst: 10_000, byteRate: 10_000_000 },
    overrides: [[WS_THROTTLER_STORAGE, new LostStore()]],
  });
  logged = new Logged();
  client = await TestClient.connect(`${running.url}/ws`, { token: await mintToken() });
});

afterEach(async () => {
  LostStore.isLost = false;
  await client.close();
  await running.close();
  logged.stop();
  config.onUnhandledError = null;
  process.off('unhandledRejection', note);
  expect(fatal.splice(0)).toEqual([]);
});

const RULES: readonly [event: string, data: object, path: string, constraint: string][] = [
  ['order', { price: 1e-7 }, 'price', 'isNumber'],
  ['order', { article: 'x' }, 'article', 'isKnown'],
  ['permitted', { price: 1e-7 }, 'price', 'isNumber'],
  ['note', { text: 'x' }, 'body', 'rule'],
];

it.each(RULES)(
  'L6 I11 a rule that throws is VALIDATION_FAILED at its path and logged once: %s %j',
  async (event, data, path, constraint) => {
    for (let count = 0; count < 91; count++)
      expect((await client.request(event, data)).data).toEqual({
        status: 'error',
        code: 'VALIDATION_FAILED',
        message: 'The message is not valid.',
        errors: [{ path, constraint, message: 'is not valid' }],
      });
    expect(logged.texts).toEqual([`A rule of "${event}" failed`]);
    expect(logged.errors[0]?.stack).toContain('\n    at ');
    clock.advance(10_000);
    expect(logged.texts.slice(1)).toEqual([
      expect.stringMatching(`^A rule of "${event}" failed 90 more times within 10 s`),
    ]);
    const log = JSON.stringify(logged.errors);
    expect(log.length).toBeLessThan(10_000);
    // The message of a rule may quote the client's value.
    expect(log).not.toContain('canary');
  },
);

const FAILURES: readonly [event: string, text: string][] = [
  ['throws', 'A handler of "throws" failed'],
  ['unreadable', 'A handler of "unreadable" failed'],
  ['unsendable', 'The answer to "unsendable" failed'],
];

it.each(FAILURES)(
  'L6 failing handlers and answers are logged with one stack, then counted: %s',
  async (event, text) => {
    for (let count = 0; count < 20; count++)
      expect(await client.request(event)).toMatchObject({ data: { code: 'INTERNAL_ERROR' } });
    expect(logged.texts).toEqual([text]);
    clock.advance(10_000);
    expect(logged.texts.slice(1)).toEqual([expect.stringMatching(`^${text} 19 more times within 10 s`)]);
  },
);

it('L6 a failing store is logged with one stack, then counted', async () => {
  LostStore.isLost = true;
  for (let count = 0; count < 20; count++)
    expect(await client.request('order', { price: 1 })).toMatchObject({ data: { code: 'OVERLOADED' } });
  expect(logged.texts).toHaveLength(1);
  expect(logged.errors[0]?.stack).toContain('canary-store');
});

it('L6 background failures of a store are logged', async () => {
  running.app.get(ConnectionDirectory).release = fail;
  for (let count = 0; count < 3; count++) {
    const other = await TestClient.connect(`${running.url}/ws`, { token: await mintToken() });
    await other.close();
  }
  await client.request('order', { price: 1 });
  const text = 'A place of the ConnectionDirectory could not be released';
  expect(logged.texts.filter((line) => line === text)).toHaveLength(1);
  clock.advance(10_000);
  // Each connection has one place per address and one per user.
  expect(logged.texts).toContain(`${text} 5 more times within 10 s (Error)`);
});

it('L6 failing hooks of gateways are logged with one stack, then counted', async () => {
  for (let count = 0; count < 5; count++) {
    const other = await TestClient.connect(`${running.url}/ws`, { token: await mintToken() });
    await other.close();
  }
  await client.request('order', { price: 1 });
  expect(logged.texts).toEqual(['FaultyGateway.handleDisconnect failed']);
});

it('L5 event subscribers that throw or reject do not affect clients or other subscribers', async () => {
  const lifecycle = running.app.get(ConnectionLifecycleService).events;
  const security = running.app.get(SecurityEvents).events;
  const heard: string[] = [];
  lifecycle.subscribe(fail);
  lifecycle.subscribe(failLater);
  lifecycle.pipe(filter(({ type }) => type === 'accepted')).subscribe(fail);
  security.subscribe({ next: fail });
  security.pipe(filter(fail)).subscribe();
  merge(lifecycle, security).subscribe(fail);
  lifecycle.subscribe(({ type }) => heard.push(type));
  security.subscribe(({ type }) => heard.push(type));
  const others: TestClient[] = [];
  for (let count = 0; count < 3; count++)
    others.push(await TestClient.connect(`${running.url}/ws`, { token: await mintToken() }));
  expect(await client.request('order', { price: 1 })).toMatchObject({ data: { price: 1 } });
  // After the timers in which RxJS would throw.
  await new Promise((resolve) => setTimeout(resolve));
  expect(heard.filter((type) => type === 'accepted')).toHaveLength(3);
  expect(heard.filter((type) => type === 'connection.accepted')).toHaveLength(3);
  expect(fatal).toEqual([]);
  expect([...new Set(logged.texts)].toSorted()).toEqual([
    'A subscriber of ConnectionLifecycleService.events failed',
    'A subscriber of SecurityEvents.events failed',
    'A subscription to SecurityEvents.events was ended by an error in its operators',
  ]);
  await Promise.all(others.map((other) => other.close()));
});

it.each([undefined, 5, {}, Symbol('x'), new Error('inner')])(
  'L5 errors whose message is %p end nothing, wherever the application throws them',
  async (message: unknown) => {
    Object.assign(FaultyError, { isUsed: true, with: message });
    try {
      const lifecycle = running.app.get(ConnectionLifecycleService).events;
      lifecycle.subscribe(fail);
      lifecycle.subscribe(failLater);
      running.app.get(SecurityEvents).events.subscribe(failLater);
      const other = await TestClient.connect(`${running.url}/ws`, { token: await mintToken() });
      await other.close();
      expect(await client.request('throws')).toMatchObject({ data: { code: 'INTERNAL_ERROR' } });
      expect(await client.request('permitted', { price: 1 })).toMatchObject({ data: { price: 1 } });
      // After the timers in which promises are found unhandled.
      await new Promise((resolve) => setTimeout(resolve));
    } finally {
      FaultyError.isUsed = false;
    }
    expect(logged.texts).toEqual(
      expect.arrayContaining([
        'FaultyGateway.handleDisconnect failed',
        'A handler of "throws" failed',
        'A subscriber of ConnectionLifecycleService.events failed',
        'A subscriber of SecurityEvents.events failed',
      ]),
    );
  },
);

it('L5 a log writer whose promise rejects is logged and stops nothing', async () => {
  class Remote extends SecurityEventSink {
    override write({ type }: SecurityEvent): void {
      return type === 'connection.accepted' ? failLater() : undefined;
    }
  }
  const app = await startApp({
    gateways: [FaultyGateway],
    options: { logSecurityEvents: true },
    module: { providers: [{ provide: SecurityEventSink, useClass: Remote }] },
  });
  logged.stop();
  logged = new Logged();
  const other = await TestClient.connect(`${app.url}/ws`, { token: await mintToken() });
  expect(await other.request('order', { price: 1 })).toMatchObject({ data: { price: 1 } });
  expect(logged.texts).toEqual(['A security event could not be written']);
  await other.close();
  await app.close();
});
