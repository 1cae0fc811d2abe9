import { createHash } from 'node:crypto';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SubscribeMessage } from '@nestjs/websockets';
import {
  CurrentPrincipal,
  type Principal,
  SecureGateway,
  SecurityEvents,
  type SecurityEvent,
  WsRoles,
  WsScopes,
} from 'nestjs-ws-security';
import { PublicGateway } from './support/echo.gateway.js';
import { ManualClock } from './support/manual-clock.js';
import { rawHandshake, requestText } from './support/raw-handshake.js';
import { startApp, type RunningApp } from './support/start-app.js';
import { TestClient } from './support/test-client.js';
import { mintToken } from './support/tokens.js';

@SecureGateway({ path: '/ws' })
class WhoGateway {
  @SubscribeMessage('who')
  who(@CurrentPrincipal() { id, issuer, kind, roles, scopes }: Principal): object {
    return { id, issuer, kind, roles, scopes };
  }

  @WsRoles('service')
  @WsScopes('chat:read')
  @SubscribeMessage('read')
  read(): boolean {
    return true;
  }

  @WsScopes('chat:write')
  @SubscribeMessage('write')
  write(): boolean {
    return true;
  }
}

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

/** Replaces the file as a deployment would. */
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
  running = await startApp({
    gateways: [WhoGateway, PublicGateway],
    clock,
    options: { jwtSecret: undefined, apiKeysFile: file, heartbeatIntervalMs: 86_400_000 },
  });
  events = [];
  running.app.get(SecurityEvents).events.subscribe((event) => events.push(event));
});

afterEach(async () => {
  await running.close();
  rmSync(folder, { recursive: true });
});

const send = (headers: Record<string, string>, path = '/ws') =>
  rawHandshake(running.port, requestText(path, headers));
const statusOf = async (key: string): Promise<number> => (await send({ 'X-Api-Key': key })).status;
const failures = () => events.filter(({ type }) => type === 'api-keys.reload-failed');

/** Lets the poll of the file, which reads its state from the disk, come to its end. */
async function poll(until: () => boolean): Promise<void> {
  clock.advance(1000);
  for (let i = 0; i < 1000 && !until(); i++) await new Promise((resolve) => setImmediate(resolve));
}

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

it('N13 a key is good in its own header alone', async () => {
  expect((await send({ Authorization: `Bearer ${KEY}` })).status).toBe(401);
  expect((await send({ 'Sec-WebSocket-Protocol': `chat, bearer.${KEY}` })).status).toBe(401);
  expect((await send({ 'X-Api-Key': await mintToken() })).status).toBe(401);
});

it('H14 a key beside another credential is 400', async () => {
  expect((await send({ 'X-Api-Key': KEY, Authorization: 'Bearer x' })).status).toBe(400);
  expect((await send({ 'X-Api-Key': `${KEY}\r\nX-Api-Key: ${KEY}` })).status).toBe(400);
});

it('N13 an expired key is refused and its connection closed', async () => {
  const client = await TestClient.connect(`${running.url}/ws`, { headers: { 'x-api-key': 'brief-key' } });
  clock.advance(59_000);
  expect(await statusOf('brief-key')).toBe(101);
  clock.advance(1000);
  expect(await statusOf('brief-key')).toBe(401);
  await clock.advanceUntil(client.closed);
  expect(await client.closed).toMatchObject({ code: 4419 });
});

it('N13 keys come and go while the service runs, without a poll in between', async () => {
  expect(await statusOf(KEY)).toBe(101);
  write([entryOf('new', 'new-key')]);
  expect(await statusOf(KEY)).toBe(401);
  expect(await statusOf('new-key')).toBe(101);
  write([]);
  expect(await statusOf('new-key')).toBe(401);
});

it.each<[string, unknown]>([
  ['no JSON', `[{"id":"${KEY}"`],
  ['an unknown member', [{ ...BILLING, key: KEY }]],
  ['a twin', [BILLING, BILLING]],
  ['nothing', ''],
])('N13 a file with %s is not taken over and said once', async (_name, content) => {
  write(content);
  await poll(() => failures().length > 0);
  expect(failures()).toHaveLength(1);
  expect(JSON.stringify(failures())).not.toContain('canary');
  expect(await statusOf(KEY)).toBe(101);
  await poll(() => false);
  expect(failures()).toHaveLength(1);
  write([]);
  expect(await statusOf(KEY)).toBe(401);
});

it('stops looking at the file when the application ends', async () => {
  await running.close();
  expect(clock.running).toBe(0);
});
