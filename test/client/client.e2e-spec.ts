import { jest } from '@jest/globals';
import { ConnectionRegistry } from 'nestjs-ws-security';
import {
  CloseCode,
  WsClient,
  type ClientState,
  type ClientStatus,
  type FieldError,
  type RequestError,
} from 'nestjs-ws-security/client';
import { WebSocket } from 'ws';
import { EchoGateway } from '../support/echo.gateway.js';
import { ManualClock } from '../support/manual-clock.js';
import { ownPort } from '../support/own-port.js';
import { startApp, type AppOptions, type RunningApp } from '../support/start-app.js';
import { mintToken } from '../support/tokens.js';

let running: RunningApp;
let client: WsClient;
let statuses: ClientStatus[];
let reasons: boolean[];
let clock: ManualClock;

async function start(port = 0, more: AppOptions['options'] = {}): Promise<RunningApp> {
  return startApp({
    gateways: [EchoGateway],
    clock,
    port,
    options: { rateLimit: 3, jwtClockSkewMs: 0, heartbeatIntervalMs: 3_600_000, ...more },
  });
}

function clientOf({ url }: RunningApp): WsClient {
  const made = new WsClient({
    url: `${url}/ws`,
    token: ({ reauthenticate }) => {
      reasons.push(reauthenticate);
      return mintToken({}, { expiresIn: 60, now: clock.now() });
    },
    backoff: { baseMs: 10, maxMs: 50 },
    WebSocket,
  });
  made.on('status', (status) => statuses.push(status));
  return made;
}

beforeEach(async () => {
  clock = new ManualClock();
  running = await start();
  statuses = [];
  reasons = [];
  client = clientOf(running);
});

afterEach(async () => {
  jest.useRealTimers();
  client.close();
  await running.close();
});

/** Resolves when the client is in a state, now or later. */
function reached(state: ClientState): Promise<void> {
  if (client.state === state) return Promise.resolve();
  return new Promise((resolve) => {
    const stop = client.on('status', (status) => {
      if (status.state !== state) return;
      stop();
      resolve();
    });
  });
}

it('authenticates through the subprotocol and sends requests', async () => {
  void client.connect();
  await reached('open');
  expect(await client.request('echo', { text: 'hi' })).toEqual({ text: 'hi' });
  expect(client.session).toMatchObject({ principal: { id: 'alice' }, resume: null });
  await expect(client.request('echo', { text: 7 })).rejects.toMatchObject({
    code: 'VALIDATION_FAILED',
    errors: expect.arrayContaining([expect.objectContaining({ path: 'text' })]) as FieldError[],
  } satisfies Partial<RequestError>);
  await client.request('echo', { text: 'third' });
  await expect(client.request('echo', { text: 'hi' })).rejects.toMatchObject({
    code: 'RATE_LIMITED',
    retryAfterMs: 60_000,
  });
});

it('S7 S8 reconnects when the server restarts', async () => {
  await running.close();
  const port = await ownPort();
  running = await start(port);
  client = clientOf(running);
  void client.connect();
  await reached('open');
  const lost = reached('waiting');
  await running.close();
  await lost;
  running = await start(port);
  await reached('open');
  expect(await client.request('echo', { text: 'back' })).toEqual({ text: 'back' });
  const waiting = statuses.find(({ state }) => state === 'waiting');
  expect(waiting).toMatchObject({ code: CloseCode.SERVICE_RESTART, next: 'backoff' });
  expect(waiting?.retryAt).toEqual(expect.any(Number));
});

it('S1 reconnects with a fresh token when the old one expires', async () => {
  void client.connect();
  await reached('open');
  const lost = reached('waiting');
  clock.advance(61_000);
  await lost;
  await reached('open');
  expect(reasons).toEqual([false, true]);
});

it('does not reconnect after a final close', async () => {
  void client.connect();
  await reached('open');
  for (const connection of running.app.get(ConnectionRegistry))
    connection.close(CloseCode.FORBIDDEN, 'kicked');
  await reached('closed');
  expect(client.status).toMatchObject({ code: 4403, reason: 'kicked', next: 'never', retryAt: null });
});

it('S9 renews its credential in place: same connection, later expiry', async () => {
  // Both sides share one fake clock. The functions that sockets need are not faked.
  jest.useFakeTimers({ now: clock.now(), doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
  const lives = [60, 600];
  client = new WsClient({
    url: `${running.url}/ws`,
    token: ({ reauthenticate }) => {
      reasons.push(reauthenticate);
      return mintToken({}, { expiresIn: lives.shift() ?? 0, now: clock.now() });
    },
    random: () => 0,
    WebSocket,
  });
  const told = new Promise((resolve) => client.on('session', resolve));
  const refreshed = new Promise<number | null>((resolve) => {
    client.on('refreshed', ({ expiresAt }) => resolve(expiresAt));
  });
  void client.connect();
  await told;
  jest.advanceTimersByTime(30_000);
  clock.advance(30_000);
  expect(await refreshed).toBeGreaterThan(clock.now() + 500_000);
  clock.advance(60_000);
  expect(await client.request('echo', { text: 'still here' })).toEqual({ text: 'still here' });
  expect(reasons).toEqual([false, true]);
  expect(running.app.get(ConnectionRegistry).size).toBe(1);
});

it('authenticates by its first message where the server requires it', async () => {
  await running.close();
  running = await start(0, { authSources: ['message'] });
  client = new WsClient({ url: `${running.url}/ws`, token: mintToken, tokenIn: 'message', WebSocket });
  void client.connect();
  await reached('open');
  expect(await client.request('echo', { text: 'hi' })).toEqual({ text: 'hi' });
  client.close();

  client = new WsClient({ url: `${running.url}/ws`, token: 'wrong', tokenIn: 'message', WebSocket });
  const states: ClientState[] = [];
  client.on('status', ({ state }) => states.push(state));
  void client.connect();
  await reached('closed');
  expect(client.status).toMatchObject({ code: CloseCode.UNAUTHENTICATED, next: 'never' });
  expect(states).toEqual(['connecting', 'closed']);
});
