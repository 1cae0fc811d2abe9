import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { Throttle } from '@nestjs/throttler';
import { IsString } from 'class-validator';
import {
  BanService,
  type Connection,
  ConnectionRegistry,
  CurrentConnection,
  RevocationService,
  SecureGateway,
  type SecurityEvent,
  SecurityEvents,
  SECURITY_OPTIONS,
} from 'nestjs-ws-security';
import {
  BearerOperatorGuard,
  type BanPage,
  type ConfigAnswer,
  type ConnectionAnswer,
  type ConnectionPage,
  type Overview,
  type RefusalsAnswer,
  type RevocationPage,
  type RoomAnswer,
  type RoomPage,
  WsAdminModule,
} from 'nestjs-ws-security/admin';
import { settingsFingerprint } from '../../src/options/settings-fingerprint.js';
import { ManualClock } from '../support/manual-clock.js';
import { Operator } from '../support/operator.js';
import { type RunningApp, startApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken, SECRET } from '../support/tokens.js';

class JoinDto {
  @IsString()
  room!: string;
}

@SecureGateway({ path: '/ws', public: true })
class DeskGateway {
  constructor(private readonly connections: ConnectionRegistry) {}

  @SubscribeMessage('join')
  join(@MessageBody() { room }: JoinDto, @CurrentConnection() connection: Connection): Promise<void> {
    return this.connections.join(connection, room);
  }

  @Throttle({ default: { limit: 3, ttl: 10_000 } })
  @SubscribeMessage('rare')
  rare(): boolean {
    return true;
  }
}

const PLATFORMS = ['express', 'fastify'] as const;

describe.each(PLATFORMS)("the operator's API on %s", (platform) => {
  let node: RunningApp;
  let operator: Operator;
  const clock = new ManualClock();
  const events: SecurityEvent[] = [];
  const clients: TestClient[] = [];

  beforeAll(async () => {
    node = await startApp({
      platform,
      clock,
      gateways: [DeskGateway],
      options: {
        heartbeatIntervalMs: 86_400_000,
        authFailureLimit: 3,
        maxConnectionsPerUser: 50,
        connectRateLimit: 10_000,
        adminReadLimit: 10_000,
        adminWriteLimit: 20,
        adminMaxListeners: 2,
        jwtPreviousSecrets: ['canary of a secret that was used before, and is long'],
      },
      imports: [WsAdminModule.forRoot({ guards: [BearerOperatorGuard] })],
    });
    node.app.get(SecurityEvents).events.subscribe((event) => events.push(event));
    operator = await Operator.at(node.url);
  });

  beforeEach(() => {
    // The limits of operators are for a minute.
    clock.advance(60_000);
    events.length = 0;
  });

  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
    await node.app.get(ConnectionRegistry).whenEmpty();
  });

  afterAll(() => node.close());

  const connect = async (claims: object | null = {}): Promise<TestClient> => {
    const token = claims && (await mintToken({ sub: 'alice', ...claims }, { now: clock.now() }));
    const client = await TestClient.connect(`${node.url}/ws`, token ? { token } : {});
    clients.push(client);
    return client;
  };
  const idsOf = ({ connections }: ConnectionPage): string[] => connections.map(({ id }) => id);
  const acts = (): SecurityEvent[] => events.filter(({ type }) => type.startsWith('admin.'));

  it('O3 needs a token with the right to read or to write', async () => {
    const anonymous = await fetch(`${node.url.replace('ws', 'http')}/ws-admin/overview`);
    expect(anonymous.status).toBe(401);
    expect(anonymous.headers.get('www-authenticate')).toBe('Bearer');
    expect(anonymous.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(await anonymous.json()).toEqual({
      type: 'about:blank',
      title: 'Unauthorized',
      status: 401,
      code: 'UNAUTHENTICATED',
    });
    const user = await Operator.at(node.url, { scope: 'chat:read' });
    expect((await user.request('GET', '/overview')).body).toMatchObject({ status: 403, code: 'FORBIDDEN' });
    const reader = await Operator.at(node.url, { scope: 'ws:read' });
    expect((await reader.request('GET', '/overview')).status).toBe(200);
    const client = await connect();
    const refused = await reader.post('/users/disconnect', { user: 'alice' });
    expect([refused.status, refused.body]).toMatchObject([403, { code: 'FORBIDDEN' }]);
    // Nor what a write would do.
    expect((await reader.post('/users/disconnect?dryRun=true', { user: 'alice' })).status).toBe(403);
    expect(client.isOpen).toBe(true);
    const writer = await Operator.at(node.url, { scope: 'ws:write' });
    expect((await writer.request('GET', '/overview')).status).toBe(403);
  });

  it('O3 N15 wrong tokens are counted together with those of handshakes', async () => {
    const wrong = (): Promise<Response> =>
      fetch(`${node.url.replace('ws', 'http')}/ws-admin/overview`, {
        headers: { authorization: 'Bearer nonsense' },
      });
    const statuses = [];
    for (let i = 0; i < 4; i++) statuses.push((await wrong()).status);
    expect(statuses).toEqual([401, 401, 401, 429]);
    expect((await TestClient.refused(`${node.url}/ws`, { token: 'nonsense' })).status).toBe(429);
    expect((await operator.request('GET', '/overview')).status).toBe(200);
  });

  it('O3 S2 a revoked token is none', async () => {
    const other = await Operator.at(node.url, { sub: 'oleg' });
    expect((await other.request('GET', '/overview')).status).toBe(200);
    await node.app.get(RevocationService).revokeUser('oleg', null);
    expect((await other.request('GET', '/overview')).status).toBe(401);
  });

  it('O3 refuses requests of other origins, reads too', async () => {
    const own = node.url.replace('ws', 'http');
    const statusWith = async (headers: Record<string, string>): Promise<number> =>
      (await operator.request('GET', '/overview', undefined, headers)).status;
    for (const headers of [
      { origin: 'https://evil.test' },
      { origin: 'null' },
      { origin: 'https://evil.test', cookie: 'session=1' },
      { 'sec-fetch-site': 'cross-site', cookie: 'session=1' },
      { 'sec-fetch-site': 'same-site' },
    ])
      expect([headers, await statusWith(headers)]).toEqual([headers, 403]);
    expect(await statusWith({ origin: own, 'sec-fetch-site': 'same-origin' })).toBe(200);
    const { body } = await operator.request(
      'POST',
      '/users/disconnect',
      { user: 'alice', note: 'n' },
      {
        origin: 'https://evil.test',
      },
    );
    expect(body.code).toBe('ORIGIN_NOT_ALLOWED');
  });

  it('O3 answers are not stored and not guessed at', async () => {
    for (const path of ['/overview', '/nothing-here', '/connections/none', '/connections?limit=0']) {
      const { headers, status } = await operator.request('GET', path);
      if (status === 404 && path === '/nothing-here') continue;
      expect([path, headers.get('cache-control'), headers.get('x-content-type-options')]).toEqual([
        path,
        'no-store',
        'nosniff',
      ]);
      if (status !== 200) expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
    }
  });

  it('O3 says which parameter or member is wrong, without its value', async () => {
    const detailOf = async (method: string, path: string, body?: unknown): Promise<unknown> => {
      const { status, body: problem } = await operator.request(method, path, body);
      return [status, problem.code, problem.detail];
    };
    const wrong = (detail: string): unknown => [400, 'BAD_REQUEST', detail];
    expect(await detailOf('GET', '/connections?limit=0')).toEqual(wrong('limit: must be from 1 to 100'));
    expect(await detailOf('GET', '/connections?nme=canary')).toEqual(wrong('unknown members'));
    expect(await detailOf('GET', '/connections?cursor=canary')).toEqual(wrong('cursor: is none of a page'));
    expect(await detailOf('GET', '/refusals?window=1')).toEqual(
      wrong('window: must be from 60000 to 900000 milliseconds'),
    );
    const note = wrong('note: must have 1 to 500 characters');
    const post = (path: string, body: unknown): Promise<unknown> => detailOf('POST', path, body);
    for (const bad of [{}, { note: '' }, { note: '  ' }, { note: 'x'.repeat(501) }, { note: 7 }])
      expect(await post('/users/disconnect?dryRun=true', { user: 'alice', ...bad })).toEqual(note);
    const dry = '?dryRun=true';
    const one = 'must name exactly one target, with all of its members: user and issuer (null without one)';
    const target = wrong(`${one}, or address; and until, when the ban ends`);
    expect(await post(`/bans${dry}`, { note: 'n', until: clock.now() + 1000 })).toEqual(target);
    expect(await post(`/bans${dry}`, { note: 'n', until: clock.now() + 1000, user: 'alice' })).toEqual(
      target,
    );
    expect(await post(`/revocations${dry}`, { note: 'n', session: 's', token: 't' })).toEqual(
      wrong(`${one}, session, token, or connection`),
    );
    expect(await post(`/bans${dry}`, { note: 'n', until: 1e12, address: 'a' })).toEqual(
      wrong('until: must be in the future, and at most 365 days ahead'),
    );
    expect(await post('/users/disconnect?dryRun=yes', { note: 'n', user: 'alice' })).toEqual(
      wrong('dryRun: must be true or false'),
    );
    expect(await post(`/drain${dry}`, { note: 'n', node: 'x', percent: 101 })).toEqual(
      wrong('percent: must be from 1 to 100'),
    );
    const typed = await fetch(`${node.url.replace('ws', 'http')}/ws-admin/bans`, {
      method: 'POST',
      body: new URLSearchParams({ address: 'a' }),
      headers: { authorization: `Bearer ${await mintToken({ scope: 'ws:write' }, { now: clock.now() })}` },
    });
    expect(typed.status).toBe(415);
  });

  it('O3 writes are limited per operator', async () => {
    const busy = await Operator.at(node.url, { sub: 'busy' });
    const ban = (): ReturnType<Operator['post']> => busy.post('/users/disconnect', { user: 'nobody' });
    const statuses = new Set<number>();
    for (let i = 0; i < 20; i++) statuses.add((await ban()).status);
    expect([...statuses]).toEqual([200]);
    const { status, headers, body } = await ban();
    expect([status, body]).toMatchObject([429, { code: 'RATE_LIMITED' }]);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    // Others are not concerned, nor are reads and dry runs.
    expect((await operator.post('/users/disconnect', { user: 'nobody' })).status).toBe(200);
    expect((await busy.post('/users/disconnect?dryRun=true', { user: 'nobody' })).status).toBe(200);
    clock.advance(60_000);
    expect((await ban()).status).toBe(200);
  });

  it('finds connections by user, issuer, address, room and path, page by page', async () => {
    const first = await connect({ roles: ['user'], scope: 'chat:read' });
    clock.advance(1000);
    await connect({ sub: 'bob', iss: 'https://id.test' });
    clock.advance(1000);
    await connect(null);
    await first.request('join', { room: 'team/red' });
    const all = await operator.get<ConnectionPage>('/connections');
    expect(all.nodes).toEqual({ asked: 1, answered: 1 });
    expect(all.connections.map(({ user, issuer, kind, source }) => [user, issuer, kind, source])).toEqual([
      [null, null, 'anonymous', null],
      ['bob', 'https://id.test', 'token', 'header'],
      ['alice', null, 'token', 'header'],
    ]);
    const [anonymous, bob, alice] = idsOf(all);
    const found = async (query: string): Promise<string[]> =>
      idsOf(await operator.get(`/connections?${query}`));
    expect(await found('user=alice')).toEqual([alice]);
    expect(await found('issuer=')).toEqual([anonymous, alice]);
    expect(await found('issuer=https://id.test')).toEqual([bob]);
    expect(await found('room=team%2Fred')).toEqual([alice]);
    expect(await found('path=/ws&address=127.0.0.1')).toEqual([anonymous, bob, alice]);
    expect(await found('path=/other')).toEqual([]);
    expect(await found('user=alice&issuer=https://id.test')).toEqual([]);
    const pages = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: ConnectionPage = await operator.get(`/connections?limit=1${cursor && `&cursor=${cursor}`}`);
      pages.push(idsOf(page));
      ({ cursor } = page);
    }
    expect(pages).toEqual([[anonymous], [bob], [alice]]);

    expect(await operator.get<RoomPage>('/rooms?prefix=team')).toEqual({
      nodes: { asked: 1, answered: 1 },
      rooms: [{ name: 'team/red', members: 1 }],
      cursor: null,
    });
    expect((await operator.get<RoomPage>('/rooms?prefix=x')).rooms).toEqual([]);
    const room = await operator.get<RoomAnswer>('/rooms/team%2Fred');
    expect(room).toMatchObject({ name: 'team/red', members: 1, connections: [{ id: alice }] });
  });

  it('shows one connection with its limits, without a hit', async () => {
    const client = await connect({
      roles: ['user'],
      scope: 'chat:read',
      sid: 'canary-session',
      canary: 'claim',
    });
    for (let i = 0; i < 2; i++) await client.request('rare');
    await client.request('join', { room: 'a' });
    client.send('garbage');
    expect(await client.next()).toMatchObject({ data: { code: 'BAD_MESSAGE' } });
    const [id] = idsOf(await operator.get('/connections?user=alice'));
    for (let i = 0; i < 3; i++) {
      const { status, body } = await operator.request<ConnectionAnswer>('GET', `/connections/${id}`);
      expect(status).toBe(200);
      expect(JSON.stringify(body)).not.toContain('canary');
      expect(body.connection).toMatchObject({
        id,
        user: 'alice',
        roles: ['user'],
        scopes: ['chat:read'],
        session: expect.stringMatching(/^[0-9a-f]{12}$/) as string,
        rooms: ['a'],
        roomCount: 1,
        inFlight: 0,
        queued: 0,
        isPaused: false,
        bufferedBytes: 0,
        strikes: { count: 1, limit: 20, ttlMs: 60_000 },
      });
      expect(body.connection.budgets).toEqual([
        { throttler: 'default', scope: '*', remaining: 99, limit: 100, ttlMs: 60_000, retryAfterMs: 0 },
        {
          throttler: 'default',
          scope: 'DeskGateway.rare@/ws',
          remaining: 1,
          limit: 3,
          ttlMs: 10_000,
          retryAfterMs: 0,
        },
      ]);
    }
    const missing = await operator.request('GET', '/connections/none');
    expect([missing.status, missing.body.code]).toEqual([404, 'NOT_FOUND']);
  });

  it('L7 disconnects one connection or all of a user, and says so in an event', async () => {
    const [one, two, bob] = [await connect(), await connect(), await connect({ sub: 'bob' })];
    const [, first] = idsOf(await operator.get('/connections?user=alice'));
    const path = `/connections/${first}/disconnect`;
    expect((await operator.post(`${path}?dryRun=true`, {})).body).toMatchObject({
      isDryRun: true,
      reached: 1,
    });
    expect((await operator.post('/users/disconnect?dryRun=true', { user: 'alice' })).body.reached).toBe(2);
    expect(acts()).toEqual([]);
    expect([one.isOpen, two.isOpen]).toEqual([true, true]);
    const answer = await operator.post(path, { code: 1012, reason: 'moved', note: 'ticket 4711' });
    expect(answer.body).toEqual({
      nodes: { asked: 1, answered: 1 },
      isDryRun: false,
      reached: 1,
      isPending: false,
    });
    expect(await Promise.race([one.closed, two.closed])).toEqual({ code: 1012, reason: 'moved' });
    expect(acts()).toMatchObject([
      {
        type: 'admin.disconnect',
        'actor.id': 'olga',
        target: `connection ${first}`,
        note: 'ticket 4711',
        counts: { connections: 1 },
      },
    ]);
    expect((await operator.post(path, {})).status).toBe(404);
    expect((await operator.post('/users/disconnect', { user: 'alice' })).body.reached).toBe(1);
    for (const { closed } of [one, two]) expect([1012, 4403]).toContain((await closed).code);
    expect(bob.isOpen).toBe(true);
  });

  it('L7 revokes a user, a session, a token, or the session of a connection, and lifts', async () => {
    const targets = [
      [{ user: 'carol', issuer: null }, { sub: 'carol' }, 'user carol'],
      [{ session: 'canary-s' }, { sid: 'canary-s' }, /^session [0-9a-f]{12}$/],
      [{ token: 'canary-t' }, { sid: 'x', jti: 'canary-t' }, /^token [0-9a-f]{12}$/],
    ] as const;
    for (const [target, claims, name] of targets) {
      events.length = 0;
      const client = await connect(claims);
      expect((await operator.post('/revocations?dryRun=true', target)).body.reached).toBe(1);
      expect(client.isOpen).toBe(true);
      const { status, body } = await operator.post('/revocations', {
        ...target,
        until: clock.now() + 3_600_000,
      });
      expect([status, body.reached, body.isPending]).toEqual([200, 1, false]);
      expect(await client.closed).toEqual({ code: 4403, reason: 'revoked' });
      expect(acts()).toMatchObject([
        { type: 'admin.revoke', 'actor.id': 'olga', note: 'because', counts: { connections: 1 } },
      ]);
      expect((acts()[0] as { target: string }).target).toMatch(name);
    }
    const client = await connect({ sub: 'dora', sid: 'canary-d' });
    const [id] = idsOf(await operator.get('/connections?user=dora'));
    expect((await operator.post('/revocations', { connection: id })).body.reached).toBe(1);
    expect((await client.closed).code).toBe(4403);
    expect((await operator.post('/revocations', { connection: 'none' })).status).toBe(404);

    const { body: page } = await operator.request<RevocationPage>('GET', '/revocations');
    expect(JSON.stringify(page)).not.toContain('canary');
    expect(page.revocations.map(({ kind }) => kind).toSorted()).toEqual([
      'session',
      'session',
      'token',
      'user',
      'user',
    ]);
    const carol = await operator.get<RevocationPage>('/revocations?kind=user&user=carol');
    expect(carol).toMatchObject({ total: 1, revocations: [{ user: 'carol', issuer: null, hash: null }] });
    const token = await mintToken({ sub: 'carol' }, { now: clock.now() - 5000 });
    expect((await TestClient.refused(`${node.url}/ws`, { token })).status).toBe(401);
    for (const { id: revocation } of page.revocations) {
      const lifted = await operator.request('DELETE', `/revocations/${revocation}`, { note: 'found' });
      expect(lifted.status).toBe(200);
    }
    expect((await operator.get<RevocationPage>('/revocations')).total).toBe(0);
    const back = await TestClient.connect(`${node.url}/ws`, { token });
    clients.push(back);
    expect((await operator.request('DELETE', '/revocations/none', { note: 'n' })).status).toBe(404);
    expect(acts().filter(({ type }) => type === 'admin.lift')).toHaveLength(page.total);
  });

  it('L7 bans a user or an address, although automatic bans are off, and lifts', async () => {
    const until = clock.now() + 3_600_000;
    const [alice, bob] = [await connect(), await connect({ sub: 'bob', iss: 'https://id.test' })];
    const body = { user: 'bob', issuer: 'https://id.test', until };
    expect((await operator.post('/bans?dryRun=true', body)).body).toMatchObject({
      isDryRun: true,
      reached: 1,
    });
    expect((await operator.get<BanPage>('/bans')).total).toBe(0);
    expect((await operator.post('/bans', body)).body).toMatchObject({ reached: 1, isPending: false });
    expect(await bob.closed).toEqual({ code: 4403, reason: 'banned' });
    expect(alice.isOpen).toBe(true);
    expect((await operator.post('/bans', { address: '127.0.0.1', until })).body.reached).toBe(1);
    expect((await alice.closed).code).toBe(4403);
    expect(
      (await TestClient.refused(`${node.url}/ws`, { token: await mintToken({}, { now: clock.now() }) }))
        .status,
    ).toBe(403);
    const page = await operator.get<BanPage>('/bans');
    expect(page.bans).toMatchObject(
      [
        { subject: 'principal', user: 'bob', issuer: 'https://id.test', address: null },
        { subject: 'address', user: null, issuer: null, address: '127.0.0.1' },
      ].toSorted(() => (page.bans[0]?.subject === 'address' ? -1 : 1)),
    );
    expect(Math.abs((page.bans[0]?.until ?? 0) - until)).toBeLessThan(1000);
    expect((await operator.get<BanPage>('/bans?user=bob')).total).toBe(1);
    const dry = await operator.request('DELETE', `/bans/${page.bans[0]?.id}?dryRun=true`, { note: 'n' });
    expect(dry.status).toBe(200);
    expect((await operator.get<BanPage>('/bans')).total).toBe(2);
    expect((await operator.request('DELETE', `/bans/${page.bans[0]?.id}`, {})).status).toBe(400);
    for (const { id } of page.bans)
      expect((await operator.request('DELETE', `/bans/${id}`, { note: 'sorry' })).status).toBe(200);
    expect((await operator.get<BanPage>('/bans')).total).toBe(0);
    await connect();
    expect(acts().map(({ type }) => type)).toEqual(['admin.ban', 'admin.ban', 'admin.lift', 'admin.lift']);
    expect(acts()[0]).toMatchObject({
      target: 'user bob of https://id.test',
      until: new Date(until).toISOString(),
    });
    expect(acts()[2]).toMatchObject({ target: expect.stringMatching(/^ban of /) as string, note: 'sorry' });
    await node.app.get(BanService).lift('none');
  });

  it('shows refusals by code with their addresses and paths, for 15 minutes', async () => {
    for (let i = 0; i < 2; i++) await TestClient.refused(`${node.url}/ws`, { token: 'nonsense' });
    clock.advance(60_000);
    await TestClient.refused(`${node.url}/ws`, {
      token: await mintToken({}, { now: clock.now() }),
      headers: { origin: 'https://evil.test' },
    });
    const report = await operator.get<RefusalsAnswer>('/refusals?window=120000');
    expect(report).toMatchObject({ nodes: { asked: 1, answered: 1 }, stepMs: 60_000, steps: 2 });
    expect(report.codes).toMatchObject([
      {
        stage: 'handshake',
        code: 'UNAUTHENTICATED',
        count: 2,
        perStep: [2, 0],
        addresses: [{ value: '127.0.0.1', count: 2 }],
        paths: [{ value: '/ws', count: 2 }],
      },
      { stage: 'handshake', code: 'ORIGIN_NOT_ALLOWED', count: 1, perStep: [0, 1] },
    ]);
    expect((await operator.get<Overview>('/overview')).refusals).toMatchObject({ ORIGIN_NOT_ALLOWED: 1 });
    clock.advance(15 * 60_000);
    expect((await operator.get<RefusalsAnswer>('/refusals')).codes).toEqual([]);
  });

  it('shows the node, and its settings without secrets', async () => {
    await connect();
    await connect(null);
    const overview = await operator.get<Overview>('/overview');
    expect(overview).toMatchObject({
      nodes: { asked: 1, answered: 1 },
      connections: 2,
      users: 1,
      anonymous: 1,
      sameSettings: true,
      listeners: { open: 0, limit: 2 },
      perNode: [{ isSelf: true, connections: 2, isDraining: false, health: 'ready' }],
    });
    const { body } = await operator.request<ConfigAnswer>('GET', '/config');
    const text = JSON.stringify(body);
    for (const secret of ['canary', SECRET]) expect(text).not.toContain(secret);
    const entryOf = (name: string): unknown => body.options.find(({ variable }) => variable === name);
    expect(entryOf('WS_JWT_SECRET')).toMatchObject({ value: 'set', isSecret: true, isDefault: false });
    expect(entryOf('WS_JWT_PREVIOUS_SECRETS')).toMatchObject({ value: 'set', isSecret: true });
    expect(entryOf('WS_REDIS_URL')).toMatchObject({ value: null, isSecret: true, isDefault: true });
    expect(entryOf('WS_RATE_LIMIT')).toMatchObject({ value: 100, isDefault: true, weakness: null });
    expect(entryOf('WS_JWT_ISSUER')).toMatchObject({
      weakness: expect.stringContaining('production') as string,
    });
    expect(entryOf('WS_REQUIRE_TLS')).toMatchObject({ value: false, isDefault: true });
    expect(body.settings).toBe(overview.perNode[0]?.settings);
    expect(body.settings).toBe(settingsFingerprint(node.app.get(SECURITY_OPTIONS)));
  });

  it('lets a part of the clients reconnect', async () => {
    const all = await Promise.all(Array.from({ length: 10 }, () => connect()));
    const [self] = (await operator.get<Overview>('/overview')).perNode;
    const wanted = { node: self?.id, percent: 25 };
    expect((await operator.post('/drain?dryRun=true', wanted)).body).toMatchObject({
      reached: 3,
      isDryRun: true,
    });
    const { status, body } = await operator.post('/drain', wanted);
    expect([status, body]).toMatchObject([202, { reached: 3, isPending: true }]);
    let gone = 0;
    await new Promise<void>((resolve) => {
      for (const { closed } of all)
        void closed.then(({ code }) => code === 1012 && ++gone === 3 && resolve());
    });
    expect(all.filter(({ isOpen }) => isOpen)).toHaveLength(7);
    expect(acts()).toMatchObject([{ type: 'admin.drain', target: `node ${self?.id}`, reason: '25 percent' }]);
    expect((await operator.post('/drain', { node: 'none', percent: 1 })).status).toBe(404);
    // A node that did not answer in time may still begin.
    expect(acts().at(-1)).toMatchObject({
      type: 'admin.drain',
      target: 'node none',
      counts: { connections: 0 },
    });
  });
});
