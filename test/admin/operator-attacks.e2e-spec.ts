import { once } from 'node:events';
import type { IncomingMessage, Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import {
  BanStore,
  ConnectionRegistry,
  MemoryBanStore,
  MemoryRevocationStore,
  type NewSecurityEvent,
  type Principal,
  RevocationStore,
  SecureGateway,
  type SecurityEvent,
  SecurityEvents,
  TokenVerifier,
} from 'nestjs-ws-security';
import {
  type BanPage,
  BearerOperatorGuard,
  type ConnectionAnswer,
  type ConnectionPage,
  OperatorGuard,
  type OperatorPrincipal,
  type Overview,
  type RefusalsAnswer,
  type RevocationPage,
  type RoomPage,
  WsAdminModule,
} from 'nestjs-ws-security/admin';
import { EventFeed } from '../../src/admin/events/event-feed.js';
import { eventually } from '../support/eventually.js';
import { ManualClock } from '../support/manual-clock.js';
import { type EventTail, Operator } from '../support/operator.js';
import { rawHandshake } from '../support/raw-handshake.js';
import { type RunningApp, startApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';

@SecureGateway({ path: '/ws' })
class QuietGateway {}

const SESSIONS = new Map<string, () => OperatorPrincipal>();
const RIGHTS = { scopes: ['ws:read', 'ws:write'] };

/** Knows operators by a cookie, or by the tokens of the application. */
@Injectable()
class CookieGuard extends OperatorGuard {
  constructor(private readonly bearer: BearerOperatorGuard) {
    super();
  }

  override authenticate(request: IncomingMessage): ReturnType<BearerOperatorGuard['authenticate']> {
    const [, session = ''] = /\bsession=(\w+)/.exec(request.headers.cookie ?? '') ?? [];
    return session === '' ? this.bearer.authenticate(request) : Promise.resolve(SESSIONS.get(session)?.());
  }
}

@Injectable()
class MoodyGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<IncomingMessage>();
    if (headers['x-mood'] === 'bad') throw new Error('canary');
    return headers['x-mood'] !== 'no';
  }
}

/** Fails for one user, after others could have heard of it. */
class FailingBans extends MemoryBanStore {
  override ban(key: string, ms: number): void {
    super.ban(key, ms);
    if (key.includes('unlucky')) throw new Error('the disk is full');
  }

  override lift(key: string): void {
    super.lift(key);
    if (key.includes('stuck')) throw new Error('the disk is full');
  }
}

/** As {@link FailingBans}. */
class FailingRevocations extends MemoryRevocationStore {
  override lift(key: string): void {
    super.lift(key);
    if (key.includes('stuck')) throw new Error('the disk is full');
  }
}

it('O3 nothing starts without a guard', async () => {
  for (const options of [{ guards: [] }, {}, { guards: [{}] }])
    await expect(
      startApp({ gateways: [QuietGateway], imports: [WsAdminModule.forRoot(options as never)] }),
    ).rejects.toThrow(/WsAdminModule: must have (a guard|classes as guards)/);
});

/** Asks somebody who may not answer. */
@Injectable()
class SilentGuard extends OperatorGuard {
  static answer: () => OperatorPrincipal | Promise<OperatorPrincipal>;

  override authenticate(): OperatorPrincipal | Promise<OperatorPrincipal> {
    return SilentGuard.answer();
  }
}

it('R10 a guard that does not answer is answered for after WS_AUTH_TIMEOUT_MS', async () => {
  const clock = new ManualClock();
  const node = await startApp({
    clock,
    gateways: [QuietGateway],
    options: { authTimeoutMs: 5000 },
    imports: [WsAdminModule.forRoot({ guards: [SilentGuard] })],
  });
  try {
    const operator = await Operator.at(node.url);
    const asked = new Promise<void>((resolve) => {
      SilentGuard.answer = () => {
        resolve();
        return new Promise(() => undefined);
      };
    });
    const answer = operator.request('GET', '/overview');
    await asked;
    clock.advance(5000);
    expect(await answer).toMatchObject({ status: 503, body: { code: 'UNAVAILABLE' } });
    SilentGuard.answer = () => ({ id: 'tom', ...RIGHTS });
    expect((await operator.request('GET', '/overview')).status).toBe(200);
  } finally {
    await node.close();
  }
});

describe.each(['express', 'fastify'] as const)('those who leave the live events on %s', (platform) => {
  const clock = new ManualClock();
  let node: RunningApp;
  let operator: Operator;
  let answer: () => void;
  let asked: Promise<void>;

  beforeEach(async () => {
    node = await startApp({
      platform,
      clock,
      gateways: [QuietGateway],
      options: { adminMaxListeners: 1 },
      imports: [WsAdminModule.forRoot({ guards: [SilentGuard] })],
    });
    operator = await Operator.at(node.url);
    asked = new Promise((resolve) => {
      SilentGuard.answer = () => {
        resolve();
        return new Promise((decided) => (answer = () => decided({ id: 'olga', ...RIGHTS })));
      };
    });
  });

  afterEach(() => node.close());

  const noListeners = (): Promise<void> =>
    eventually(async () => {
      clock.advance(1000);
      expect(node.app.get(EventFeed, { strict: false }).listeners.open).toBe(0);
    });
  const allowAll = (): void => void (SilentGuard.answer = () => ({ id: 'olga', ...RIGHTS }));

  it('R4 before they were let in, or behind another request on their line, keep no place', async () => {
    const server = node.app.getHttpServer() as Server;
    const port = Number(new URL(node.url).port);
    const request = 'GET /ws-admin/events HTTP/1.1\r\nHost: a\r\n\r\n';
    const early = connect(port, '127.0.0.1');
    const [socket] = (await Promise.all([once(server, 'connection'), once(early, 'connect')]))[0] as [Socket];
    early.write(request);
    await asked;
    early.destroy();
    await once(socket, 'close');
    answer();
    allowAll();
    (await operator.listen()).stop();
    await noListeners();

    const pipelined = connect(port, '127.0.0.1');
    const [other] = (await Promise.all([once(server, 'connection'), once(pipelined, 'connect')]))[0] as [
      Socket,
    ];
    pipelined.write(`GET /ws-admin/overview HTTP/1.1\r\nHost: a\r\n\r\n${request}`);
    await once(pipelined, 'data');
    const left = new Promise((resolve) => other.once('close', resolve));
    pipelined.resetAndDestroy();
    await left;
    await noListeners();
    (await operator.listen()).stop();
  });

  it('S8 and come back while the node stops, are refused', async () => {
    allowAll();
    const tail = await operator.listen();
    node.app.get(EventFeed, { strict: false }).beforeApplicationShutdown();
    await tail.ended;
    expect(await operator.request('GET', '/events')).toMatchObject({
      status: 503,
      body: { code: 'UNAVAILABLE' },
    });
  });
});

describe.each(['express', 'fastify'] as const)("attacks on the operator's API on %s", (platform) => {
  let node: RunningApp;
  let base: string;
  let operator: Operator;
  const clock = new ManualClock();
  const acts: SecurityEvent[] = [];

  beforeAll(async () => {
    node = await startApp({
      platform,
      clock,
      gateways: [QuietGateway],
      options: {
        adminReadLimit: 10_000,
        adminWriteLimit: 10_000,
        adminMaxListeners: 20,
        trustedProxies: ['loopback'],
      },
      overrides: [
        [BanStore, new FailingBans(clock)],
        [RevocationStore, new FailingRevocations(clock)],
      ],
      imports: [
        WsAdminModule.forRoot({ guards: [CookieGuard, MoodyGuard], providers: [BearerOperatorGuard] }),
      ],
    });
    base = `${node.url.replace('ws', 'http')}/ws-admin`;
    operator = await Operator.at(node.url);
    node.app.get(SecurityEvents).events.subscribe((event) => {
      if (event.type.startsWith('admin.')) acts.push(event);
    });
    SESSIONS.set('tom', () => ({ id: 'tom', ...RIGHTS }));
  });

  beforeEach(() => {
    acts.length = 0;
  });

  afterAll(() => node.close());

  const emit = (event: NewSecurityEvent): void => node.app.get(SecurityEvents).emit(event);
  const send = async (body: string, headers: Record<string, string> = {}): Promise<number> =>
    (await operator.request('POST', '/users/disconnect', body, headers).catch(() => ({ status: 0 }))).status;
  const openListeners = async (): Promise<number> =>
    (await operator.get<Overview>('/overview')).listeners.open;
  const listening = async (tail: EventTail): Promise<EventTail> => {
    await tail.until(({ event }) => event === 'nodes');
    return tail;
  };

  it('V1 bodies cannot change prototypes, and must be objects of a bounded size', async () => {
    for (const body of [
      '{"user":"a","note":"n","__proto__":{"isAdmin":true}}',
      '{"__proto__":{"user":"a","note":"n"}}',
      '{"user":"a","note":"n","constructor":{"prototype":{"isAdmin":true}}}',
      '[]',
      '[{"user":"a","note":"n"}]',
      'null',
      '"text"',
      '{"user":{"$ne":null},"note":"n"}',
      '{"user":["a"],"note":"n"}',
      '{"user":"a","note":"n"',
    ])
      expect([body, await send(body)]).toEqual([body, 400]);
    expect([400, 413]).toContain(await send(JSON.stringify({ user: 'a', note: 'x'.repeat(2_000_000) })));
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
    expect(acts).toEqual([]);
  });

  it('L5 a note is one line of an event, and moves no text', async () => {
    const tail = await listening(await operator.listen('?type=admin.*&lastEventId=now'));
    const note = 'a\r\n\r\nevent: event\ndata: {"type":"fake"}\u001b[31m\u202e\u2028\u0000z';
    expect((await operator.post('/users/disconnect', { user: 'nobody', note })).status).toBe(200);
    const { data } = await tail.until(({ event }) => event === 'event');
    expect(data).toMatchObject({ type: 'admin.disconnect', target: 'user nobody' });
    // eslint-disable-next-line no-control-regex
    expect(data['note']).not.toMatch(/[\u0000-\u001f\u202a-\u202e\u2028]/);
    expect(tail.sent.filter(({ event }) => event === 'event')).toHaveLength(1);
    tail.stop();
  });

  it('takes cursors that were made up for what they are', async () => {
    const statusOf = async (path: string): Promise<number> => (await operator.request('GET', path)).status;
    for (const cursor of ['x', '-1.a', '1', 'NaN.a', '1e9.a', '%00', '__proto__'])
      expect([cursor, await statusOf(`/connections?cursor=${cursor}`)]).toEqual([cursor, 400]);
    for (const list of ['/bans', '/revocations'])
      for (const cursor of ['-1', '1.5', 'x', '9999999999'])
        expect([list, cursor, await statusOf(`${list}?cursor=${cursor}`)]).toEqual([list, cursor, 400]);
    expect((await operator.get<ConnectionPage>('/connections?cursor=0.zz')).connections).toEqual([]);
    expect((await operator.get<BanPage>('/bans?cursor=999999999')).bans).toEqual([]);
    expect(await statusOf('/rooms?cursor=%ff')).toBeLessThan(500);
  });

  it('a made-up place in the events hides none', async () => {
    const self = (await operator.get<Overview>('/overview')).perNode[0]?.id;
    const strangers = Array.from({ length: 63 }, (_, n) => `${'x'.repeat(30)}${n + 10}:999999999999999`);
    const id = [`${self}:999999999999999`, ...strangers].join(',').slice(0, 4096);
    const tails = [];
    for (let i = 0; i < 15; i++)
      tails.push(await listening(await operator.listen('', { 'last-event-id': id })));
    clock.advance(20_000);
    emit({ type: 'api-keys.reload-failed', reason: 'after' });
    for (const tail of tails) await tail.until(({ data }) => data['reason'] === 'after');
    for (const tail of tails) tail.stop();
  });

  it('percent is a whole number from 1 to 100', async () => {
    const [self] = (await operator.get<Overview>('/overview')).perNode;
    for (const percent of ['0', '101', '-1', '1.5', '1e400', '"NaN"', '"50"', 'null', '[50]', 'NaN']) {
      const body = `{"note":"n","node":"${self?.id}","percent":${percent}}`;
      expect([percent, (await operator.request('POST', '/drain', body)).status]).toEqual([percent, 400]);
    }
    expect(acts).toEqual([]);
  });

  it('N6 forms of other sites write nothing, although a cookie comes along', async () => {
    const body = '{"user":"nobody","note":"n"}';
    const statusOf = async (method: string, headers: Record<string, string>): Promise<number> =>
      (
        await fetch(`${base}${method === 'GET' ? '/overview' : '/users/disconnect'}`, {
          method,
          headers: { cookie: 'session=tom', ...headers },
          ...(method === 'POST' && { body }),
        })
      ).status;
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])
      expect([type, await statusOf('POST', { 'content-type': type })]).toEqual([type, 415]);
    expect(await statusOf('POST', { 'content-type': 'text/plain; application/json' })).toBe(415);
    const json = { 'content-type': 'application/json' };
    for (const headers of [
      { origin: 'https://evil.test' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
    ])
      for (const method of ['GET', 'POST'])
        expect([headers, await statusOf(method, { ...json, ...headers })]).toEqual([headers, 403]);
    expect(acts).toEqual([]);
    expect(await statusOf('POST', json)).toBe(200);
    expect(acts).toMatchObject([{ 'actor.id': 'tom' }]);
  });

  it('HEAD and OPTIONS listen to nothing and do nothing', async () => {
    const headers = {
      authorization: `Bearer ${await mintToken({ scope: 'ws:read' }, { now: clock.now() })}`,
    };
    await eventually(async () => expect(await openListeners()).toBe(0));
    for (const method of ['HEAD', 'OPTIONS']) {
      const { status } = await fetch(`${base}/events`, {
        method,
        headers,
        signal: AbortSignal.timeout(10_000),
      });
      expect([method, status < 500, await openListeners()]).toEqual([method, true, 0]);
    }
    const { status } = await fetch(`${base}/users/disconnect`, { method: 'OPTIONS', headers });
    expect([status < 500, acts]).toEqual([true, []]);
  });

  it('no spelling of a path goes past the guards', async () => {
    for (const path of [
      '/ws-admin/../ws-admin/overview',
      '/ws-admin/./overview',
      '/ws-admin/%2e%2e/ws-admin/overview',
      '/ws-admin//overview',
      '//ws-admin/overview',
      '/WS-ADMIN/OVERVIEW',
      '/ws-admin/overview/',
      '/ws-admin/overview;a=b',
      '/ws-admin/rooms/..%2f..%2foverview',
      '/ws-admin/connections/%00',
      '/ws-admin/connections/%ff',
      '/ws-admin/connections/%',
      'http://evil.test/ws-admin/overview',
    ]) {
      const text = `GET ${path} HTTP/1.1\r\nHost: service.test\r\nConnection: close\r\n\r\n`;
      const { status, body } = await rawHandshake(node.port, text);
      expect([path, status >= 400 && status < 500, body.includes('perNode')]).toEqual([path, true, false]);
    }
  });

  it('guards that fail let nobody in, and tell nothing', async () => {
    const answerTo = async (headers: Record<string, string>): Promise<unknown[]> => {
      const { status, body } = await operator.request('GET', '/overview', undefined, headers);
      expect(JSON.stringify(body)).not.toContain('canary');
      return [status, body.code];
    };
    expect(await answerTo({ 'x-mood': 'bad' })).toEqual([500, 'INTERNAL_ERROR']);
    expect(await answerTo({ 'x-mood': 'no' })).toEqual([403, 'FORBIDDEN']);
    SESSIONS.set('broken', () => {
      throw new Error('canary');
    });
    expect(await answerTo({ cookie: 'session=broken' })).toEqual([503, 'UNAVAILABLE']);
    expect(await answerTo({ cookie: 'session=unknown' })).toEqual([401, 'UNAUTHENTICATED']);
    // Of a text, a part would be found.
    SESSIONS.set('text', () => ({ id: 'text', scopes: 'no-ws:read no-ws:write' }) as never);
    expect(await answerTo({ cookie: 'session=text' })).toEqual([403, 'FORBIDDEN']);
  });

  it('those who lose the right to listen are cut, and nobody waits for a guard that hangs', async () => {
    let isOperator = true;
    const hung = new Promise<boolean>(() => undefined);
    const principals: Record<string, Partial<OperatorPrincipal>> = {
      hung: { isStillValid: () => hung },
      demoted: { isStillValid: () => isOperator },
      failing: { isStillValid: () => Promise.reject(new Error('canary')) },
      odd: { isStillValid: () => undefined as never },
      never: { expiresAt: Number.NaN },
      lasting: { isStillValid: () => true },
    };
    const tails: Record<string, EventTail> = {};
    for (const [id, rest] of Object.entries(principals)) {
      SESSIONS.set(id, () => ({ id, ...RIGHTS, ...rest }));
      tails[id] = await listening(await operator.listen('', { cookie: `session=${id}` }));
    }
    isOperator = false;
    clock.advance(15_000);
    for (const id of ['demoted', 'failing', 'odd', 'never']) await tails[id]?.ended;
    expect(await openListeners()).toBe(2);
    clock.advance(15_000);
    await tails['hung']?.ended;
    await eventually(async () => expect(await openListeners()).toBe(1));
    emit({ type: 'api-keys.reload-failed', reason: 'still there' });
    await tails['lasting']?.until(({ data }) => data['reason'] === 'still there');
    tails['lasting']?.stop();
  });

  it('L7 a ban of which the store failed is an event, too: it is in effect on this node', async () => {
    const until = clock.now() + 3_600_000;
    const { status } = await operator.post('/bans', { user: 'unlucky', issuer: null, until });
    expect([status, acts]).toMatchObject([503, [{ type: 'admin.ban', target: 'user unlucky' }]]);
    const token = await mintToken({ sub: 'unlucky' }, { now: clock.now() });
    expect((await TestClient.refused(`${node.url}/ws`, { token })).status).toBe(403);
  });

  it('L7 so is what was lifted while the store failed', async () => {
    const until = clock.now() + 3_600_000;
    const user = { user: 'stuck', issuer: null };
    await operator.post('/bans', { ...user, until });
    await operator.post('/revocations', user);
    const [ban] = (await operator.get<BanPage>('/bans?user=stuck')).bans;
    const [revocation] = (await operator.get<RevocationPage>('/revocations?user=stuck')).revocations;
    acts.length = 0;
    for (const path of [`/bans/${ban?.id}`, `/revocations/${revocation?.id}`])
      expect((await operator.request('DELETE', path, { note: 'n' })).status).toBe(503);
    expect(acts).toMatchObject([
      { type: 'admin.lift', target: 'ban of user stuck' },
      { type: 'admin.lift', target: 'revocation of user stuck' },
    ]);
  });

  it('S2 a revocation that would be over at once is refused', async () => {
    const token = await mintToken({ sub: 'rita' }, { now: clock.now() });
    const client = await TestClient.connect(`${node.url}/ws`, { token });
    const until = clock.now() - 1;
    for (const target of [{ user: 'rita', issuer: null }, { session: 's' }, { token: 't' }])
      expect((await operator.post('/revocations', { ...target, until })).status).toBe(400);
    expect([client.isOpen, acts]).toEqual([true, []]);
    await client.close();
  });

  it('L5 bans an address in any of its forms, and nothing that is none', async () => {
    const until = clock.now() + 3_600_000;
    const from = (address: string): Promise<number> =>
      TestClient.refused(`${node.url}/ws`, { headers: { 'x-forwarded-for': address } }).then(
        ({ status }) => status,
      );
    for (const [given, banned, neighbour] of [
      ['2001:DB8:0:1::7', '2001:db8:0:1::/64', '2001:db8:0:1:ffff::9'],
      ['::ffff:203.0.113.7', '203.0.113.7', '203.0.113.7'],
      ['2001:db8:0:2::/64', '2001:db8:0:2::/64', '2001:db8:0:2::1'],
    ] as const) {
      expect(await from(neighbour)).toBe(401);
      expect((await operator.post('/bans', { address: given, until })).status).toBe(200);
      expect(acts.at(-1)).toMatchObject({ target: `address ${banned}` });
      const { bans } = await operator.get<BanPage>(`/bans?address=${neighbour}`);
      expect(bans).toMatchObject([{ address: banned }]);
      expect(await from(neighbour)).toBe(403);
    }
    for (const address of ['203.0.113.0/24', '2001:db8::/32', '2001:db8::1/64', 'evil.test', '203.0.113'])
      expect([address, (await operator.post('/bans', { address, until })).status]).toEqual([address, 400]);
  });

  it('R11 long names that clients choose hide neither them nor others', async () => {
    const token = await mintToken({ sub: 'mallory' }, { now: clock.now() });
    const client = await TestClient.connect(`${node.url}/ws`, { token });
    const registry = node.app.get(ConnectionRegistry);
    const [connection] = registry.ofUser('mallory');
    if (!connection) throw new Error('there is no connection');
    for (let i = 0; i < 60; i++) await registry.join(connection, `a${i}\u0001${'\u0001'.repeat(i * 40)}`);
    await registry.join(connection, 'lobby');
    const { connection: shown } = await operator.get<ConnectionAnswer>(`/connections/${connection.id}`);
    // What other nodes answer has at most 64 KiB.
    expect(Buffer.byteLength(JSON.stringify(shown))).toBeLessThan(32_768);
    expect(shown.roomCount).toBe(61);
    const names: string[] = [];
    for (let cursor: string | null = 'a'; cursor !== null;) {
      const path: string = `/rooms?limit=10&cursor=${encodeURIComponent(cursor)}`;
      const page: RoomPage = await operator.get<RoomPage>(path);
      names.push(...page.rooms.map(({ name }) => name));
      ({ cursor } = page);
    }
    expect(names).toContain('lobby');
    expect(Math.max(...names.map(({ length }) => length))).toBeLessThanOrEqual(1024);

    for (let i = 0; i < 12; i++) await TestClient.refused(`${node.url}/${i}${'x'.repeat(8000)}`);
    const { codes } = await operator.get<RefusalsAnswer>('/refusals');
    const paths = codes.flatMap((code) => code.paths.map(({ value }) => value.length));
    expect(Math.max(...paths)).toBe(128);
    await client.close();
  });

  if (platform === 'express')
    it('a dry run does nothing without a parser of queries, too', async () => {
      const token = await mintToken({ sub: 'quinn' }, { now: clock.now() });
      const client = await TestClient.connect(`${node.url}/ws`, { token });
      const express = node.app.getHttpAdapter().getInstance() as { set(name: string, value: unknown): void };
      express.set('query parser', false);
      for (const [query, status] of [
        ['?dryRun=true', 200],
        ['?dryRun=true&dryRun=false', 400],
        ['?dryRun=false?dryRun=true', 400],
        ['?dryRun=true?x', 400],
        ['?dryrun=true', 400],
      ] as const)
        expect((await operator.post(`/users/disconnect${query}`, { user: 'quinn' })).status).toBe(status);
      express.set('query parser', 'simple');
      expect([client.isOpen, acts]).toEqual([true, []]);
      await client.close();
    });

  it('bans of long names can be lifted', async () => {
    const target = { user: 'u'.repeat(200), issuer: `https://id.test/${'i'.repeat(200)}` };
    await operator.post('/bans', { ...target, until: clock.now() + 3_600_000 });
    const { bans } = await operator.get<BanPage>(`/bans?user=${target.user}`);
    expect(bans).toMatchObject([target]);
    expect((await operator.request('DELETE', `/bans/${bans[0]?.id}`, { note: 'n' })).status).toBe(200);
    expect((await operator.get<BanPage>(`/bans?user=${target.user}`)).total).toBe(0);
  });
});

/** Knows nothing of `cnf`, and never answers for one token. */
class OwnVerifier extends TokenVerifier {
  override verify(token: string): Promise<Principal> {
    if (token === 'slow') return new Promise(() => undefined);
    return Promise.resolve({
      id: 'olga',
      issuer: null,
      kind: 'token',
      roles: [],
      scopes: RIGHTS.scopes,
      claims: token === 'bound' ? { cnf: { jkt: 'of another key' } } : {},
      expiresAt: null,
      sessionId: null,
    });
  }
}

describe('tokens of a verifier of the application', () => {
  const clock = new ManualClock();
  let node: RunningApp;

  beforeAll(async () => {
    node = await startApp({
      clock,
      gateways: [QuietGateway],
      overrides: [[TokenVerifier, new OwnVerifier()]],
      imports: [WsAdminModule.forRoot({ guards: [BearerOperatorGuard] })],
    });
  });

  afterAll(() => node.close());

  const answerTo = async (token: string): Promise<[number, Record<string, unknown>]> => {
    const url = `${node.url.replace('ws', 'http')}/ws-admin/overview`;
    const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
    return [response.status, (await response.json()) as Record<string, unknown>];
  };

  it('N17 are refused if they are bound to a key', async () => {
    expect((await answerTo('free'))[0]).toBe(200);
    expect(await answerTo('bound')).toMatchObject([401, { code: 'UNAUTHENTICATED' }]);
  });

  it('are waited for as long as in a handshake', async () => {
    const arrived = new Promise((resolve) => {
      (node.app.getHttpServer() as Server).once('request', () => setImmediate(resolve));
    });
    const answer = answerTo('slow');
    await arrived;
    clock.advance(5000);
    expect(await answer).toMatchObject([503, { code: 'UNAVAILABLE' }]);
  });
});
