import { createHash } from 'node:crypto';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import {
  ConnectionRegistry,
  type Handshake,
  SecurityEvents,
  type SecurityEvent,
  TicketService,
  TokenVerifier,
  WsConnectGuard,
} from 'nestjs-ws-security';
import { PublicGateway } from '../support/echo.gateway.js';
import { ManualClock } from '../support/manual-clock.js';
import { rawHandshake, requestText } from '../support/raw-handshake.js';
import { startApp, type AppOptions, type RunningApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';
import { TwoNodes } from '../support/two-nodes.js';
import { WhoGateway } from '../support/who.gateway.js';

const KEY = 'canary-key-of-billing';
const entryOf = (id: string, key: string, more: object = {}) => ({
  id,
  sha256: createHash('sha256').update(key).digest('hex'),
  roles: ['service'],
  scopes: ['chat:read'],
  ...more,
});
const BILLING = entryOf('billing', KEY);

let folder: string;
let file: string;
let clock: ManualClock;
let running: RunningApp;
let events: SecurityEvent[];

/** Replaces the file atomically, like a deployment. */
function write(content: unknown): void {
  const next = join(folder, 'next');
  writeFileSync(next, typeof content === 'string' ? content : JSON.stringify(content));
  renameSync(next, file);
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'api-keys-'));
  file = join(folder, 'keys.json');
  clock = new ManualClock();
  write([
    entryOf('other', 'another-key'),
    BILLING,
    entryOf('brief', 'brief-key', { expiresAt: new Date(clock.now() + 60_000).toISOString() }),
  ]);
  await start();
});

async function start(more: Partial<AppOptions> = {}): Promise<void> {
  running = await startApp({
    gateways: [WhoGateway, PublicGateway],
    clock,
    options: { jwtSecret: undefined, apiKeysFile: file, heartbeatIntervalMs: 86_400_000 },
    ...more,
  });
  events = [];
  running.app.get(SecurityEvents).events.subscribe((event) => events.push(event));
}

afterEach(async () => {
  await running.close();
  rmSync(folder, { recursive: true });
});

const send = (headers: Record<string, string>, path = '/ws') =>
  rawHandshake(running.port, requestText(path, headers));
const statusOf = async (key: string): Promise<number> => (await send({ 'X-Api-Key': key })).status;
const refreshed = () => events.filter(({ type }) => type === 'connection.refreshed').length;
const failures = () => events.filter(({ type }) => type === 'api-keys.reload-failed');

const WAIT_MS = 15_000;

/** Starts a poll of the file and waits until the condition holds. The poll reads the disk, which takes real time. */
async function poll(until: () => boolean): Promise<void> {
  clock.advance(1000);
  const deadline = performance.now() + WAIT_MS;
  while (!until() && performance.now() < deadline) await new Promise((resolve) => setImmediate(resolve));
}

/** Like {@link poll}, for a poll that changes nothing: a handshake waits for the same read of the file. */
async function pollWithoutChange(): Promise<void> {
  clock.advance(1000);
  await statusOf('unknown');
}

const connectWith = (key: string) =>
  TestClient.connect(`${running.url}/ws`, { headers: { 'x-api-key': key } });
const principalsOf = () => [...running.app.get(ConnectionRegistry)].map(({ principal }) => principal);
const sizeOf = () => running.app.get(ConnectionRegistry).size;

it('N13 a key is an identity with its own roles and scopes', async () => {
  const client = await TestClient.connect(`${running.url}/ws`, { headers: { 'x-api-key': KEY } });
  expect(await client.request('who')).toMatchObject({
    data: { id: 'billing', issuer: 'api-key', kind: 'api-key', roles: ['service'], scopes: ['chat:read'] },
  });
  expect(await client.request('read')).toMatchObject({ data: true });
  expect(await client.request('write')).toMatchObject({ data: { code: 'FORBIDDEN' } });
  await client.close();
});

it.each([
  '',
  'wrong',
  `${KEY}x`,
  KEY.slice(1),
  KEY.toUpperCase(),
  BILLING.sha256,
  `${KEY} ${KEY}`,
  `${KEY}é`,
])('N13 N15 the key %p is refused like any wrong credential', async (key) => {
  const answers = [
    await send({ 'X-Api-Key': key }),
    await send({ Authorization: 'Bearer garbage' }),
    await send({ 'X-Api-Key': key }, '/public'),
  ];
  expect(answers.map(({ status }) => status)).toEqual([401, 401, 401]);
  expect(new Set(answers.map(({ text }) => text.replace(/^Date: .*\r\n/im, ''))).size).toBe(1);
});

it('N13 a key is accepted in its own header only', async () => {
  expect((await send({ Authorization: `Bearer ${KEY}` })).status).toBe(401);
  expect((await send({ 'Sec-WebSocket-Protocol': `chat, bearer.${KEY}` })).status).toBe(401);
  expect((await send({ 'X-Api-Key': await mintToken() })).status).toBe(401);
});

it('H14 a key beside another credential is refused with 400', async () => {
  expect((await send({ 'X-Api-Key': KEY, Authorization: 'Bearer x' })).status).toBe(400);
  expect((await send({ 'X-Api-Key': `${KEY}\r\nX-Api-Key: ${KEY}` })).status).toBe(400);
});

it('N13 an expired key is refused and its connection is closed', async () => {
  const client = await TestClient.connect(`${running.url}/ws`, { headers: { 'x-api-key': 'brief-key' } });
  clock.advance(59_000);
  expect(await statusOf('brief-key')).toBe(101);
  clock.advance(1000);
  expect(await statusOf('brief-key')).toBe(401);
  await clock.advanceUntil(client.closed);
  expect(await client.closed).toMatchObject({ code: 4419 });
});

it('N13 added and removed keys take effect at once, without a poll', async () => {
  expect(await statusOf(KEY)).toBe(101);
  write([entryOf('new', 'new-key')]);
  expect(await statusOf(KEY)).toBe(401);
  expect(await statusOf('new-key')).toBe(101);
  write([]);
  expect(await statusOf('new-key')).toBe(401);
});

it('N13 a ticket is valid only as long as the key it was issued for', async () => {
  const principal = await running.app.get(TokenVerifier).verify(KEY, 'api-key');
  const tickets = running.app.get(TicketService);
  const [first, second] = [await tickets.issue(principal), await tickets.issue(principal)];
  const client = await TestClient.connect(`${running.url}/ws?ticket=${first}`);
  write([{ ...BILLING, scopes: ['chat:write'] }]);
  await poll(() => principalsOf()[0]?.scopes[0] === 'chat:write');
  expect(await client.request('write')).toMatchObject({ data: true });
  write([]);
  await poll(() => sizeOf() === 0);
  expect(await client.closed).toMatchObject({ code: 4403 });
  const late = await TestClient.connect(`${running.url}/ws?ticket=${second}`);
  expect(await late.closed).toMatchObject({ code: 4403 });
});

it('N13 a ticket is not valid for another key with the same id', async () => {
  const principal = await running.app.get(TokenVerifier).verify(KEY, 'api-key');
  const ticket = await running.app.get(TicketService).issue(principal);
  write([entryOf('billing', 'new-key')]);
  expect(await statusOf('new-key')).toBe(101);
  const late = await TestClient.connect(`${running.url}/ws?ticket=${ticket}`);
  expect(await late.closed).toMatchObject({ code: 4403 });
});

it.each([
  ['taken out', [entryOf('other', 'another-key')]],
  ['replaced', [entryOf('billing', 'new-key')]],
])('N13 a ticket from another node ends with its key: %s', async (_name, change) => {
  await running.close();
  const options = { jwtSecret: undefined, apiKeysFile: file };
  const nodes = await TwoNodes.start({ gateways: [WhoGateway], options });
  try {
    const principal = await nodes.one.app.get(TokenVerifier).verify(KEY, 'api-key');
    const tickets = nodes.one.app.get(TicketService);
    const [first, second] = [await tickets.issue(principal), await tickets.issue(principal)];
    const client = await TestClient.connect(`${nodes.other.url}/ws?ticket=${first}`);
    expect(await client.request('read')).toMatchObject({ data: true });
    write(change);
    nodes.clock.advance(1000);
    expect(await client.closed).toEqual({ code: 4403, reason: 'revoked' });
    const late = await TestClient.connect(`${nodes.other.url}/ws?ticket=${second}`);
    expect((await late.closed).code).toBe(4403);
  } finally {
    await nodes.close();
  }
});

it.each<[string, unknown]>([
  ['no JSON', `[{"id":"${KEY}"`],
  ['an unknown member', [{ ...BILLING, key: KEY }]],
  ['a twin', [BILLING, BILLING]],
  ['nothing', ''],
])('N13 a file with %s is ignored and reported once', async (_name, content) => {
  write(content);
  await poll(() => failures().length > 0);
  expect(failures()).toHaveLength(1);
  expect(JSON.stringify(failures())).not.toContain('canary');
  expect(await statusOf(KEY)).toBe(101);
  await pollWithoutChange();
  expect(failures()).toHaveLength(1);
  write([]);
  expect(await statusOf(KEY)).toBe(401);
});

it('N13 connections close within a second after their key is removed, and no others do', async () => {
  const mine = [await connectWith(KEY), await connectWith(KEY)];
  const other = await connectWith('another-key');
  await pollWithoutChange();
  expect(sizeOf()).toBe(3);
  write([entryOf('other', 'another-key')]);
  await poll(() => sizeOf() === 1);
  expect(await Promise.all(mine.map(({ closed }) => closed))).toEqual([
    { code: 4403, reason: 'revoked' },
    { code: 4403, reason: 'revoked' },
  ]);
  expect(await other.request('read')).toMatchObject({ data: true });
  await other.close();
});

it('N13 connections of a removed key also close when another client causes the file to be read', async () => {
  const client = await connectWith(KEY);
  write([entryOf('other', 'another-key')]);
  expect(await statusOf('another-key')).toBe(101);
  expect((await client.closed).code).toBe(4403);
});

it('N13 a new key with the same id closes the connections of the old one', async () => {
  const client = await connectWith(KEY);
  write([entryOf('billing', 'new-key')]);
  await poll(() => sizeOf() === 0);
  expect((await client.closed).code).toBe(4403);
  const next = await connectWith('new-key');
  write([entryOf('billing', 'new-key'), entryOf('more', 'more')]);
  await pollWithoutChange();
  expect(await next.request('read')).toMatchObject({ data: true });
  await next.close();
});

it('N13 an unusable file closes no connection', async () => {
  const client = await connectWith(KEY);
  write('[]x');
  await poll(() => failures().length > 0);
  rmSync(file);
  await poll(() => failures().length > 1);
  expect(await client.request('read')).toMatchObject({ data: true });
  await client.close();
});

it('Z5 changed roles and scopes apply to an open connection within a second', async () => {
  const client = await connectWith(KEY);
  expect(await client.request('write')).toMatchObject({ data: { code: 'FORBIDDEN' } });
  write([{ ...BILLING, roles: [], scopes: ['chat:write'] }]);
  await poll(() => refreshed() === 1);
  expect(await client.request('write')).toMatchObject({ data: true });
  expect(await client.request('read')).toMatchObject({ data: { code: 'FORBIDDEN' } });
  expect(await client.request('who')).toMatchObject({
    data: { id: 'billing', roles: [], scopes: ['chat:write'] },
  });
  write([{ ...BILLING, sha256: BILLING.sha256.toUpperCase(), roles: [], scopes: ['chat:write'] }]);
  await pollWithoutChange();
  expect(refreshed()).toBe(1);
  await client.close();
});

it('Z5 a changed expiry of a key changes when its connections end', async () => {
  const [sooner, later] = [await connectWith(KEY), await connectWith('brief-key')];
  const until = (ms: number) => new Date(clock.now() + ms).toISOString();
  write([
    { ...BILLING, expiresAt: until(10_000) },
    entryOf('brief', 'brief-key', { expiresAt: until(3_600_000) }),
  ]);
  await poll(() => refreshed() === 2);
  clock.advance(10_000);
  expect((await sooner.closed).code).toBe(4419);
  clock.advance(60_000);
  expect(await later.request('read')).toMatchObject({ data: true });
  // A check that is still under way would have read the file before it changes.
  await statusOf('unknown');
  write([entryOf('brief', 'brief-key', { expiresAt: until(-1000) })]);
  await poll(() => sizeOf() === 0);
  expect((await later.closed).code).toBe(4419);
});

describe('during a handshake', () => {
  /** Changes the file after the key was verified and before the connection is registered. */
  @Injectable()
  class ChangingGuard extends WsConnectGuard {
    static change: unknown;

    async canConnect({ principal }: Handshake): Promise<boolean> {
      if (principal.id !== 'billing') return true;
      write(ChangingGuard.change);
      await statusOf('unknown');
      return true;
    }
  }

  beforeEach(async () => {
    await running.close();
    await start({ connectGuards: [ChangingGuard] });
  });

  it.each([
    ['taken out', [entryOf('other', 'another-key')]],
    ['replaced', [entryOf('billing', 'new-key')]],
  ])('N13 a key that is %s is refused', async (_name, change) => {
    ChangingGuard.change = change;
    const { hooked, served } = WhoGateway;
    const client = await connectWith(KEY);
    client.send({ event: 'read' });
    expect(await client.closed).toEqual({ code: 4403, reason: 'revoked' });
    expect([WhoGateway.hooked, WhoGateway.served]).toEqual([hooked, served]);
  });

  it('Z5 changed rights apply from the first message on', async () => {
    ChangingGuard.change = [{ ...BILLING, scopes: ['chat:write'] }];
    const client = await connectWith(KEY);
    expect(await client.request('read')).toMatchObject({ data: { code: 'FORBIDDEN' } });
    expect(await client.request('write')).toMatchObject({ data: true });
    const types = events.map(({ type }) => type).filter((type) => type.startsWith('connection.'));
    expect(types).toEqual(['connection.accepted', 'connection.refreshed']);
    await client.close();
  });
});

it('stops watching the file when the application ends', async () => {
  await running.close();
  expect(clock.running).toBe(0);
});
