import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { Throttle } from '@nestjs/throttler';
import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { IsString } from 'class-validator';
import {
  BanService,
  BanStore,
  type Connection,
  ConnectionRegistry,
  CurrentConnection,
  InvalidCredentialError,
  MemoryBanStore,
  type Principal,
  RevocationService,
  RoomPolicy,
  SECURITY_EVENT_TYPES,
  SecureGateway,
  type SecurityEvent,
  SecurityEvents,
  SecurityEventSink,
  TicketService,
  TokenVerifier,
  UnvalidatedBody,
  WsRoles,
  type WsSecurityOptions,
} from 'nestjs-ws-security';
import { principalKey } from '../../src/connection/principal.js';
import { sessionKey, tokenKey, userKey } from '../../src/connection/revocation-keys.js';
import type { ClusterEvent } from '../../src/redis/cluster-event.js';
import { securityEventSchema } from '../../src/observability/security-event-schema.js';
import { CertificateAuthority } from '../support/certificate-authority.js';
import { ManualClock } from '../support/manual-clock.js';
import { frame } from '../support/raw-frames.js';
import { rawHandshake, requestText } from '../support/raw-handshake.js';
import { connectResuming, cut, until } from '../support/resuming.js';
import { startApp, type AppOptions, type RunningApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { tokenPrincipal } from '../support/token-principal.js';
import { mintToken } from '../support/tokens.js';

/** All events that were written. */
const lines: SecurityEvent[] = [];

@Injectable()
class KeptLines extends SecurityEventSink {
  override write(event: SecurityEvent): void {
    // As text, because that is what the schema describes.
    lines.push(JSON.parse(JSON.stringify(event)) as SecurityEvent);
  }
}

class TextDto {
  @IsString()
  text!: string;
}

@SecureGateway({ path: '/ws' })
class EveryGateway {
  constructor(private readonly connections: ConnectionRegistry) {}

  @SubscribeMessage('echo')
  echo(@MessageBody() body: TextDto): TextDto {
    return body;
  }

  @WsRoles('admin')
  @SubscribeMessage('kick')
  kick(): boolean {
    return true;
  }

  @Throttle({ default: { limit: 1, ttl: 60_000 } })
  @SubscribeMessage('dear')
  dear(): boolean {
    return true;
  }

  @SubscribeMessage('join')
  join(@CurrentConnection() connection: Connection): Promise<void> {
    return this.connections.join(connection, 'vault\u202e');
  }

  @SubscribeMessage('fail')
  fail(): never {
    throw new RangeError('canary in a message of an error');
  }

  @UnvalidatedBody('a test does not read it')
  @SubscribeMessage('any')
  any(@MessageBody() _body: unknown): boolean {
    return true;
  }
}

@SecureGateway({ path: '/public', public: true })
class OpenGateway {}

/** Its hooks fail, now and later. */
@SecureGateway({ path: '/failing' })
class FailingGateway {
  handleConnection(): never {
    throw new SyntaxError('canary of a connect hook');
  }

  handleDisconnect(): Promise<never> {
    return Promise.reject(new RangeError('canary of a disconnect hook'));
  }
}

@Injectable()
class NoRooms extends RoomPolicy {
  override canJoin(): boolean {
    return false;
  }
}

@Injectable()
class ShakyBans extends MemoryBanStore {
  static isDown = false;

  override ban(key: string, ms: number): void {
    if (ShakyBans.isDown) throw new RangeError('down');
    super.ban(key, ms);
  }

  override remaining(key: string): number {
    if (ShakyBans.isDown) throw new RangeError('down');
    return super.remaining(key);
  }
}

let clock: ManualClock;
let running: RunningApp;
let folder: string;

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
const types = (): Set<string> => new Set(lines.map(({ type }) => type));
const last = <T extends SecurityEvent['type']>(type: T): Extract<SecurityEvent, { type: T }> | undefined =>
  lines.findLast((line): line is Extract<SecurityEvent, { type: T }> => line.type === type);
const file = (name: string): string => join(folder, name);

/** Replaces the file atomically, like a deployment. */
function write(name: string, content: unknown): string {
  writeFileSync(file('next'), typeof content === 'string' ? content : JSON.stringify(content));
  renameSync(file('next'), file(name));
  return file(name);
}

async function start(options: WsSecurityOptions = {}, more: Partial<AppOptions> = {}): Promise<void> {
  clock = new ManualClock();
  running = await startApp({
    gateways: [EveryGateway, OpenGateway, FailingGateway],
    clock,
    ...more,
    options: { logSecurityEvents: true, heartbeatIntervalMs: 86_400_000, serviceName: 'chat', ...options },
    module: {
      ...more.module,
      providers: [
        { provide: SecurityEventSink, useClass: KeptLines },
        { provide: RoomPolicy, useClass: NoRooms },
        { provide: BanStore, useClass: ShakyBans },
        ...(more.module?.providers ?? []),
      ],
    },
  });
}

const connect = async (claims: object = {}, path = '/ws'): Promise<TestClient> =>
  TestClient.connect(running.url + path, { token: await mintToken({ sub: 'alice', ...claims }) });
const ask = (path: string, headers: Record<string, string> = {}) =>
  rawHandshake(running.port, requestText(path, headers));
const written = (type: SecurityEvent['type']): Promise<void> => until(() => types().has(type));

/** The polls of files read with the real file system. */
async function seconds(condition: () => boolean): Promise<void> {
  while (!condition()) {
    clock.advance(1000);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'events-'));
});

afterEach(async () => {
  await running.close();
  rmSync(folder, { recursive: true });
});

it('L1 L7 writes who, where, when and what of connections and what they are refused', async () => {
  await start({ authSources: ['header', 'ticket', 'message'], resume: true, idleTimeoutMs: 60_000 });
  expect(last('node.started')).toMatchObject({
    version: (readJson('package.json') as { version: string }).version,
    unvalidated: ['EveryGateway.any: a test does not read it'],
    'service.name': 'chat',
  });
  await ask('/ws', { Authorization: 'Bearer canary' });
  const traceparent = `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`;
  await ask('/public', { 'User-Agent': 'probe/1', traceparent });
  expect(last('connection.accepted')).toMatchObject({ user_agent: 'probe/1', trace_id: 'ab'.repeat(16) });

  const guest = await TestClient.connect(`${running.url}/public`);
  await guest.request('auth', { token: await mintToken({ sub: 'carol', sid: 'phone' }) });
  await written('connection.authenticated');
  expect(last('connection.authenticated')).toMatchObject({
    'user.id': 'carol',
    session: createHash('sha256').update('phone').digest('hex').slice(0, 12),
    'auth.source': 'message',
    'auth.kind': 'bearer',
  });
  await guest.request('auth', { token: await mintToken({ sub: 'carol', sid: 'phone', roles: ['admin'] }) });
  await written('connection.refreshed');
  expect(last('principal.changed')).toMatchObject({ 'roles.from': ['user'], 'roles.to': ['admin'] });
  await guest.request('auth', { token: 'canary' });
  expect(last('authentication.refused')).toMatchObject({ 'user.id': 'carol', 'auth.source': 'message' });

  const client = await connect();
  for (const event of ['kick', 'kick', 'dear', 'dear', 'dear', 'join', 'fail', 'fail'])
    await client.request(event);
  await client.request('echo', { text: 1, canary: 'x' });
  expect(last('throttle.exceeded')).toMatchObject({
    'user.id': 'alice',
    event: 'dear',
    rule: 'throttler default',
    throttler: 'default',
    limit: 1,
    ttl_ms: 60_000,
  });
  expect(last('validation.refused')).toMatchObject({ event: 'echo', fields: ['text'] });
  expect(last('handler.failed')).toMatchObject({ event: 'fail', reason: 'RangeError', severity: 'error' });
  // Only the first of a run is told. The others are counted.
  expect(lines.filter(({ type }) => type === 'authorization.refused')).toMatchObject([
    { event: 'kick', rule: 'role admin', code: 'FORBIDDEN' },
  ]);
  clock.advance(10_100);
  expect(last('messages.refused')).toMatchObject({
    counts: { FORBIDDEN: 3, RATE_LIMITED: 2, VALIDATION_FAILED: 1 },
  });
  await client.request('join');
  expect(last('authorization.refused')).toMatchObject({
    event: 'join',
    rule: 'room join',
    target: 'room vault',
  });
  client.sendRaw(frame({ rsv: 4, payload: 'x' }));
  await client.closed;
  await written('connection.closed');
  const order = lines.map(({ type }) => type);
  expect(order.lastIndexOf('messages.refused')).toBeLessThan(order.lastIndexOf('connection.closed'));
  expect(last('protocol.violated')).toMatchObject({
    'close.code': 1002,
    reason: 'WS_ERR_UNEXPECTED_RSV_1',
    owasp: 'malicious_extraneous',
  });
  const { received = 0, sent = 0, duration_ms } = last('connection.closed') ?? {};
  expect([received > 500, sent > 500, duration_ms]).toEqual([true, true, 10_100]);

  const idle = await connect();
  clock.advance(61_000);
  expect(await idle.closed).toMatchObject({ code: 4440 });
  await written('connection.idle');
  await guest.closed;
});

it('L7 each ticket, replay, revocation and ban is one line', async () => {
  await start({ resume: true, strikeLimit: 1, banMs: 60_000 });
  const tickets = running.app.get(TicketService);
  const ticket = await tickets.issue(tokenPrincipal('alice', clock.now() + 60_000));
  expect((await ask(`/ws?ticket=${ticket}`)).status).toBe(101);
  expect(types().has('ticket.replayed')).toBe(false);
  expect((await ask(`/ws?ticket=${ticket}`, { 'User-Agent': 'thief' })).status).toBe(401);
  expect(last('ticket.issued')).toMatchObject({ 'user.id': 'alice', owasp: 'authn_token_created' });
  expect(last('ticket.replayed')).toMatchObject({ user_agent: 'thief', severity: 'error' });

  const registry = running.app.get(ConnectionRegistry);
  const first = await connectResuming(`${running.url}/ws`);
  await cut(first.client, registry);
  const offer = { token: first.resume.token, lastSeq: 0 };
  const foreign = await connectResuming(`${running.url}/ws`, offer, { sub: 'mallory' });
  expect(last('resume.replayed')).toMatchObject({ 'user.id': 'mallory', reason: 'token of another user' });
  const second = await connectResuming(`${running.url}/ws`, offer);
  const again = await connectResuming(`${running.url}/ws`, offer);
  expect(last('resume.replayed')).toMatchObject({
    'user.id': 'alice',
    reason: 'used token',
    severity: 'error',
  });

  const revocations = running.app.get(RevocationService);
  const bob = await connect({ sub: 'bob', sid: 'canary-session' });
  await revocations.revokeSession('canary-session');
  expect(await bob.closed).toMatchObject({ code: 4403 });
  expect(last('revocation.set')).toMatchObject({
    target: `session ${createHash('sha256').update('canary-session').digest('hex').slice(0, 12)}`,
    counts: { connections: 1 },
  });
  await written('connection.closed');
  await until(() => last('connection.closed')?.owasp === 'session_logout');

  second.client.send('garbage');
  await second.client.closed;
  await written('ban.set');
  expect(last('ban.set')).toMatchObject({ target: 'user alice', counts: { connections: 1 } });
  expect((await ask('/ws', { Authorization: `Bearer ${await mintToken()}` })).status).toBe(403);
  expect(last('handshake.refused')).toMatchObject({ code: 'BANNED', 'user.id': 'alice' });
  await running.app.get(BanService).lift('principal:0::alice');
  expect(last('ban.lifted')).toMatchObject({ target: 'user alice' });

  ShakyBans.isDown = true;
  const mallory = foreign.client;
  mallory.send('garbage');
  await mallory.closed;
  await written('ban.failed');
  ShakyBans.isDown = false;
  expect(last('store.unavailable')).toMatchObject({ store: 'BanStore', reason: 'RangeError' });
  await ask('/ws', { Authorization: `Bearer ${await mintToken()}` });
  expect(last('store.recovered')).toMatchObject({ store: 'BanStore' });
  await again.client.closed;
});

it('L5 L7 a hook that fails is told with its gateway and the name of the error, once in a run', async () => {
  await start();
  const before = lines.length;
  for (let n = 0; n < 3; n++)
    expect(await (await connect({}, '/failing')).closed).toMatchObject({ code: 1011 });
  const hooks = () => lines.slice(before).filter(({ type }) => type === 'hook.failed');
  await until(() => hooks().length === 2);
  const [, , closed] = lines.slice(before).filter(({ type }) => type === 'connection.closed');
  expect(closed).toMatchObject({ 'close.code': 1011, severity: 'error' });
  const where = { gateway: 'FailingGateway', 'url.path': '/failing', 'user.id': 'alice', severity: 'error' };
  expect(hooks()).toMatchObject([
    { ...where, hook: 'handleConnection', reason: 'SyntaxError', owasp: 'sys_crash' },
    { ...where, hook: 'handleDisconnect', reason: 'RangeError' },
  ]);
});

it('R5 L7 each ban and revocation by the application is one line, however many there are', async () => {
  await start();
  const bans = running.app.get(BanService);
  const revocations = running.app.get(RevocationService);
  const client = await connect({ sub: 'user-3' });
  const before = lines.length;
  const names = Array.from({ length: 15 }, (_, i) => `user-${i}`);
  const end = { until: new Date(clock.now() + 60_000).toISOString() };
  for (const name of names) await bans.banUser(name, 'https://id.example.com', 60_000);
  await bans.banUser('user-3', null, 60_000);
  await bans.banAddress('2001:db8::/64', 60_000);
  expect(await client.closed).toMatchObject({ code: 4403 });
  for (const name of names) await bans.lift(principalKey(name, 'https://id.example.com'));
  for (const name of names) await revocations.revokeUser(name, null);
  for (const name of names) await revocations.lift(userKey(name, null));
  await revocations.lift(sessionKey('canary-session'));
  await revocations.lift(tokenKey('canary-token'));
  const of = (type: SecurityEvent['type']) => lines.slice(before).filter((line) => line.type === type);
  const targets = names.map((name) => ({ target: `user ${name}` }));
  expect(of('ban.set')).toMatchObject([
    ...targets.map((target) => ({
      ...target,
      ...end,
      reason: 'by the application',
      counts: { connections: 0 },
    })),
    { target: 'user user-3', ...end, counts: { connections: 1 } },
    { target: 'address 2001:db8::/64', ...end, severity: 'warn', owasp: 'authn_login_lock' },
  ]);
  expect(of('ban.lifted')).toMatchObject(targets);
  expect(of('revocation.set')).toMatchObject(targets);
  const hashed = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 12);
  expect(of('revocation.lifted')).toMatchObject([
    ...targets.map((target) => ({ ...target, owasp: 'authz_change', severity: 'info' })),
    { target: `session ${hashed('canary-session')}` },
    { target: `token ${hashed('canary-token')}` },
  ]);
  expect(of('events.suppressed')).toEqual([]);

  ShakyBans.isDown = true;
  await expect(bans.banUser('alice', null, 60_000)).rejects.toThrow('down');
  ShakyBans.isDown = false;
  expect(last('ban.failed')).toMatchObject({ target: 'user alice', reason: 'down', severity: 'error' });
});

it('L7 failures of verifiers, keys and certificates are told once, and when they are over', async () => {
  class OwnVerifier extends TokenVerifier {
    static isDown = true;

    override async verify(token: string): Promise<Principal> {
      if (OwnVerifier.isDown) throw new TypeError('down');
      throw new InvalidCredentialError(`no session of ${token.length} characters`);
    }
  }
  await start(
    { jwtSecret: undefined },
    { module: { providers: [{ provide: TokenVerifier, useClass: OwnVerifier }] } },
  );
  const guess = () => ask('/ws', { Authorization: 'Bearer canary' });
  for (let i = 0; i < 3; i++) expect((await guess()).status).toBe(503);
  OwnVerifier.isDown = false;
  for (let i = 0; i < 3; i++) expect((await guess()).status).toBe(401);
  expect(lines.filter(({ type }) => type.startsWith('verifier.'))).toMatchObject([
    { type: 'verifier.unavailable', verifier: 'OwnVerifier', reason: 'TypeError', severity: 'error' },
    { type: 'verifier.recovered', verifier: 'OwnVerifier', severity: 'info' },
  ]);
  await running.close();

  const entry = {
    id: 'billing',
    sha256: createHash('sha256').update('canary').digest('hex'),
    roles: [],
    scopes: [],
  };
  await start({ jwtSecret: undefined, apiKeysFile: write('keys.json', [entry]) });
  write('keys.json', 'broken');
  await seconds(() => types().has('api-keys.reload-failed'));
  write('keys.json', [entry, { ...entry, id: 'other', sha256: 'ab'.repeat(32) }]);
  await seconds(() => types().has('keys.rotated'));
  expect(last('keys.rotated')).toMatchObject({ verifier: 'api-keys', keys: 2 });
  await running.close();

  const authority = await CertificateAuthority.create();
  const [leaf, next] = [await authority.issue(), await authority.issue()];
  const files = { tlsCertFile: write('cert.pem', leaf.cert), tlsKeyFile: write('key.pem', leaf.key) };
  await start(files, { tls: leaf });
  write('cert.pem', next.cert);
  await seconds(() => types().has('tls.reload-failed'));
  write('key.pem', next.key);
  await seconds(() => types().has('tls.reloaded'));
});

it('L7 acts of operators are always written, and what a flood hid is told', async () => {
  await start();
  const events = running.app.get(SecurityEvents);
  for (const type of ['admin.disconnect', 'admin.revoke', 'admin.ban', 'admin.lift', 'admin.drain'] as const)
    for (let i = 0; i < 12; i++)
      events.emit({
        type,
        'actor.id': 'root',
        target: 'user alice',
        note: 'a\nb',
        counts: { connections: i },
      });
  expect(lines.filter(({ type }) => type === 'admin.ban')).toHaveLength(12);
  for (let i = 0; i < 12; i++) await ask('/nowhere');
  clock.advance(10_000);
  expect(last('events.suppressed')).toMatchObject({
    of: 'handshake.refused',
    code: 'UNKNOWN_PATH',
    suppressed: 2,
    top: [{ address: '127.0.0.1', count: 2 }],
  });
  // Redis tells these. Its own tests provoke them.
  const told: readonly ClusterEvent[] = [
    { type: 'cluster.up', partition: '{c}' },
    { type: 'cluster.down', partition: '{c}', reason: 'auth' },
    { type: 'cluster.failover', partition: '{c}' },
    { type: 'cluster.clock-step', partition: '{c}', step_ms: -4000.5 },
    { type: 'cluster.gap', stream: 'bus' },
    { type: 'cluster.push-local' },
    { type: 'cluster.over-cap', scope: 'principal:0::alice', count: 3, limit: 2 },
    { type: 'cluster.memory-lost', partition: '{c}' },
    { type: 'cluster.returned', partition: '{c}' },
    { type: 'cluster.version', partition: '{c}' },
  ];
  for (const event of told) events.emit(event);
});

it('L2 L7 every type was written, and every line fits the schema that the package publishes', () => {
  expect(SECURITY_EVENT_TYPES.filter((type) => !types().has(type))).toEqual([]);
  const { exports } = readJson('package.json') as { exports: Record<string, string> };
  const published = readJson(exports['./security-event.schema.json'] as string) as object;
  expect(published).toEqual(securityEventSchema());
  const validate = new Ajv2020({ strict: true, allErrors: true, code: { optimize: false } }).compile(
    published,
  );
  const wrong = lines.filter((line) => !validate(line));
  expect(wrong).toEqual([]);
  for (const line of lines) expect(validate({ ...line, canary: 1 })).toBe(false);
  expect(JSON.stringify(lines)).not.toContain('canary');
});

it('L7 no type is left that no code emits', () => {
  const code = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !/spec\.ts$|security-event/.test(name))
    .map((name) => readFileSync(join('src', name), 'utf8'))
    .join('\n');
  const FROM_LIFECYCLE = /^connection\.(?:authenticated|idle)$/;
  expect(
    SECURITY_EVENT_TYPES.filter((type) => !code.includes(`'${type}'`) && !FROM_LIFECYCLE.test(type)),
  ).toEqual([]);
});
