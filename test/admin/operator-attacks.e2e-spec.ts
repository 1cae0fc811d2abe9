import type { IncomingMessage } from 'node:http';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import {
  BanStore,
  MemoryBanStore,
  type NewSecurityEvent,
  SecureGateway,
  type SecurityEvent,
  SecurityEvents,
} from 'nestjs-ws-security';
import {
  type BanPage,
  BearerOperatorGuard,
  type ConnectionPage,
  OperatorGuard,
  type OperatorPrincipal,
  type Overview,
  WsAdminModule,
} from 'nestjs-ws-security/admin';
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
}

it('O3 nothing starts without a guard', async () => {
  for (const options of [{ guards: [] }, {}, { guards: [{}] }])
    await expect(
      startApp({ gateways: [QuietGateway], imports: [WsAdminModule.forRoot(options as never)] }),
    ).rejects.toThrow(/WsAdminModule: must have (a guard|classes as guards)/);
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
      options: { adminReadLimit: 10_000, adminWriteLimit: 10_000, adminMaxListeners: 20 },
      overrides: [[BanStore, new FailingBans(clock)]],
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

  it('bans of long names can be lifted', async () => {
    const target = { user: 'u'.repeat(200), issuer: `https://id.test/${'i'.repeat(200)}` };
    await operator.post('/bans', { ...target, until: clock.now() + 3_600_000 });
    const { bans } = await operator.get<BanPage>(`/bans?user=${target.user}`);
    expect(bans).toMatchObject([target]);
    expect((await operator.request('DELETE', `/bans/${bans[0]?.id}`, { note: 'n' })).status).toBe(200);
    expect((await operator.get<BanPage>(`/bans?user=${target.user}`)).total).toBe(0);
  });
});
