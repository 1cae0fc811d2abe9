import {
  ANONYMOUS,
  CurrentPrincipal,
  type Principal,
  RevocationService,
  SecureGateway,
  SecurityEvents,
  TicketService,
  TicketStore,
  TokenVerifier,
  type WsSecurityOptions,
} from 'nestjs-ws-security';
import { SubscribeMessage } from '@nestjs/websockets';
import { ManualClock } from '../support/manual-clock.js';
import { rawHandshake, requestText, type RawAnswer } from '../support/raw-handshake.js';
import { sharedApps } from '../support/shared-apps.js';
import { startApp, type AppOptions, type RunningApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';

@SecureGateway({ path: '/ws' })
class WhoGateway {
  @SubscribeMessage('whoami')
  whoami(@CurrentPrincipal() { id, roles, issuer, expiresAt }: Principal): object {
    return { id, roles, issuer, expiresAt };
  }
}

const OWN_ORIGIN = 'http://service.test';
const COOKIE: WsSecurityOptions = { authSources: ['cookie'], authCookie: 'session' };

let running: RunningApp;
let clock: ManualClock;
let token: string;
/** Closes the application, unless it is shared. */
let end: () => Promise<void>;

async function start(options: WsSecurityOptions = {}, more: Partial<AppOptions> = {}): Promise<void> {
  clock = new ManualClock();
  token = await mintToken({ sub: 'alice', iat: Date.now() / 1000 - 60 });
  running = await startApp({ gateways: [WhoGateway], clock, options, ...more });
  end = () => running.close();
}

const shared = sharedApps({ gateways: [WhoGateway] });

/** For tests of single handshakes: they share the applications with equal options. */
async function share(options: WsSecurityOptions = {}): Promise<void> {
  const app = await shared(options);
  ({ clock } = app);
  running = app;
  token = await app.mintToken({ sub: 'alice' });
  end = () => Promise.resolve();
}

afterEach(() => end());

const handshake = (headers: Record<string, string> = {}, query = ''): Promise<RawAnswer> =>
  rawHandshake(running.port, requestText(`/ws${query}`, headers));

const codeOf = ({ status, body }: RawAnswer): string =>
  status === 101 ? '101' : `${status} ${(JSON.parse(body) as { code: string }).code}`;

const tickets = (): TicketService => running.app.get(TicketService);

const alice: Principal = { ...ANONYMOUS, id: 'alice', issuer: 'sessions', kind: 'token', roles: ['user'] };

describe('places of a credential', () => {
  it.each<[string, WsSecurityOptions, () => Promise<RawAnswer>]>([
    ['a cookie', {}, () => handshake({ Cookie: `session=${token}`, Origin: OWN_ORIGIN })],
    ['a query', {}, () => handshake({}, `?token=${token}`)],
    ['a header', COOKIE, () => handshake({ Authorization: `Bearer ${token}` })],
    ['a subprotocol', COOKIE, () => handshake({ 'Sec-WebSocket-Protocol': `chat, bearer.${token}` })],
    [
      'a ticket',
      COOKIE,
      async () => handshake({ Origin: OWN_ORIGIN }, `?ticket=${await tickets().issue(alice)}`),
    ],
  ])('N1 %s that is not a source of this service is ignored', async (_place, options, send) => {
    await share(options);
    expect(codeOf(await send())).toBe('401 UNAUTHENTICATED');
  });

  it('finds the cookie among others', async () => {
    await share(COOKIE);
    const Cookie = `theme=dark; session=${token}; sessions=1`;
    expect(codeOf(await handshake({ Cookie, Origin: OWN_ORIGIN }))).toBe('101');
  });

  it('finds the query parameter among others', async () => {
    await share({ authSources: ['query'] });
    expect(codeOf(await handshake({}, `?room=1&token=${token}`))).toBe('101');
  });

  it.each(['session=', 'session=%00', 'session="', 'session=a b', `session=${'x'.repeat(9000)}`])(
    'N16 refuses the cookie %p as a wrong credential',
    async (Cookie) => {
      await share(COOKIE);
      const answer = await handshake({ Cookie, Origin: OWN_ORIGIN });
      expect(codeOf(answer)).toBe('401 UNAUTHENTICATED');
      expect(answer.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    },
  );
});

describe('cookies, which any page can make a browser send', () => {
  it.each<[string, Record<string, string>]>([
    ['no Origin', {}],
    ['another Origin', { Origin: 'https://evil.test' }],
    ['the Origin null', { Origin: 'null' }],
    ['its own host under another scheme', { Origin: 'https://service.test' }],
  ])('H2 are refused with %s', async (_what, headers) => {
    await share(COOKIE);
    expect(codeOf(await handshake({ Cookie: `session=${token}`, ...headers }))).toBe(
      '403 ORIGIN_NOT_ALLOWED',
    );
  });

  it('H2 are accepted from an allowed Origin', async () => {
    await share({ ...COOKIE, allowedOrigins: ['https://app.test'] });
    const answer = await handshake({ Cookie: `session=${token}`, Origin: 'https://app.test' });
    expect(codeOf(answer)).toBe('101');
  });
});

describe('H14 two credentials at once', () => {
  const ALL: WsSecurityOptions = {
    authSources: ['header', 'subprotocol', 'cookie', 'ticket', 'query'],
    authCookie: 'session',
  };

  it.each<[string, (ticket: string) => [Record<string, string>, string]]>([
    ['header and query', () => [{ Authorization: `Bearer ${token}` }, `?token=${token}`]],
    ['cookie and header', () => [{ Cookie: `session=${token}`, Authorization: `Bearer ${token}` }, '']],
    ['two cookies', () => [{ Cookie: `session=${token}; session=${token}` }, '']],
    ['two query parameters', () => [{}, `?token=${token}&token=${token}`]],
    ['ticket and subprotocol', (t) => [{ 'Sec-WebSocket-Protocol': `bearer.${token}` }, `?ticket=${t}`]],
    ['ticket and an empty query parameter', (t) => [{}, `?ticket=${t}&token=`]],
  ])('are refused: %s', async (_what, of) => {
    await share(ALL);
    const ticket = await tickets().issue(alice);
    const [headers, query] = of(ticket);
    expect(codeOf(await handshake({ ...headers, Origin: OWN_ORIGIN }, query))).toBe('400 BAD_HANDSHAKE');
    // A malformed request does not use up the ticket.
    expect(codeOf(await handshake({}, `?ticket=${ticket}`))).toBe('101');
  });

  it('are accepted when the second is in a place that is not a source', async () => {
    await share();
    expect(codeOf(await handshake({ Authorization: `Bearer ${token}` }, `?token=${token}`))).toBe('101');
  });
});

describe('tickets', () => {
  it('bring the principal they were issued to', async () => {
    await start();
    const ticket = await tickets().issue({ ...alice, expiresAt: clock.now() + 5000 });
    expect(ticket).toMatch(/^[\w-]{43}$/);
    const client = await TestClient.connect(`${running.url}/ws?ticket=${ticket}`);
    expect(await client.request('whoami')).toMatchObject({
      data: { id: 'alice', roles: ['user'], issuer: 'sessions' },
    });
    clock.advance(5100);
    expect((await client.closed).code).toBe(4419);
  });

  it('N12 connect only one of fifty parallel uses of one ticket', async () => {
    await start();
    const ticket = await tickets().issue(alice);
    const answers = await Promise.all(Array.from({ length: 50 }, () => handshake({}, `?ticket=${ticket}`)));
    const codes = answers.map(codeOf);
    expect(codes.filter((code) => code === '101')).toHaveLength(1);
    expect(codes.filter((code) => code === '401 UNAUTHENTICATED')).toHaveLength(49);
  });

  it('N12 are valid for 30 seconds', async () => {
    await start();
    const [inTime, late] = [await tickets().issue(alice), await tickets().issue(alice)];
    clock.advance(29_900);
    expect(codeOf(await handshake({}, `?ticket=${inTime}`))).toBe('101');
    clock.advance(100);
    expect(codeOf(await handshake({}, `?ticket=${late}`))).toBe('401 UNAUTHENTICATED');
  });

  it.each(['', 'x', 'A'.repeat(43), '%00', 'x'.repeat(9000)])(
    'N16 answer %p like a wrong token',
    async (ticket) => {
      await share();
      const wrong = await handshake({ Authorization: 'Bearer wrong' });
      expect((await handshake({}, `?ticket=${ticket}`)).text).toBe(wrong.text);
    },
  );

  it('are not accepted as tokens, nor tokens as tickets', async () => {
    await start({ authSources: ['header', 'ticket', 'query'] });
    const ticket = await tickets().issue(alice);
    expect(codeOf(await handshake({}, `?ticket=${token}`))).toBe('401 UNAUTHENTICATED');
    expect(codeOf(await handshake({}, `?token=${ticket}`))).toBe('401 UNAUTHENTICATED');
    expect(codeOf(await handshake({ Authorization: `Bearer ${ticket}` }))).toBe('401 UNAUTHENTICATED');
    expect(codeOf(await handshake({}, `?ticket=${ticket}`))).toBe('101');
  });

  it('S2 are void when their user is revoked', async () => {
    await start();
    const principal = await running.app.get(TokenVerifier).verify(token, 'bearer');
    const ticket = await tickets().issue(principal);
    await running.app.get(RevocationService).revokeUser('alice', null);
    expect(codeOf(await handshake({}, `?ticket=${ticket}`))).toBe('401 UNAUTHENTICATED');
  });

  it('S2 of a user without a token are void when the user is revoked, later ones are valid', async () => {
    await start();
    const ticket = await tickets().issue(alice);
    await running.app.get(RevocationService).revokeUser('alice', 'sessions');
    expect(codeOf(await handshake({}, `?ticket=${ticket}`))).toBe('401 UNAUTHENTICATED');
    clock.advance(1);
    expect(codeOf(await handshake({}, `?ticket=${await tickets().issue(alice)}`))).toBe('101');
  });

  it('N15 are limited to ten per user: the oldest become void, those of others do not', async () => {
    await start({ maxConnectionsPerUser: 100, authFailureLimit: 100 });
    const bob = await tickets().issue({ ...alice, id: 'bob' });
    const issued = await Promise.all(Array.from({ length: 30 }, () => tickets().issue(alice)));
    const codes: string[] = [];
    for (const ticket of issued) codes.push(codeOf(await handshake({}, `?ticket=${ticket}`)));
    expect(codes.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => '401 UNAUTHENTICATED'));
    expect(codes.slice(20)).toEqual(Array.from({ length: 10 }, () => '101'));
    expect(codeOf(await handshake({}, `?ticket=${bob}`))).toBe('101');
  });

  it('are not issued to an anonymous or expired principal', async () => {
    await start();
    await expect(tickets().issue(ANONYMOUS)).rejects.toThrow(TypeError);
    await expect(tickets().issue({ ...alice, expiresAt: clock.now() })).rejects.toThrow(TypeError);
  });

  it('fail closed when their store fails', async () => {
    const store: TicketStore = {
      put: () => undefined,
      take: () => Promise.reject(new Error('no store')),
    };
    await start({}, { overrides: [[TicketStore, store]] });
    const answer = await handshake({}, `?ticket=${'A'.repeat(43)}`);
    expect(codeOf(answer)).toBe('503 AUTH_UNAVAILABLE');
    expect(answer.headers.has('retry-after')).toBe(true);
  });

  it('need no other verifier when they are the only source', async () => {
    await start({ authSources: ['ticket'], jwtSecret: undefined });
    expect(codeOf(await handshake({}, `?ticket=${await tickets().issue(alice)}`))).toBe('101');
    expect(codeOf(await handshake({ Authorization: `Bearer ${token}` }))).toBe('401 UNAUTHENTICATED');
  });
});

it('L2 no event contains a credential, from whatever source', async () => {
  await start({ authSources: ['header', 'cookie', 'ticket', 'query'], authCookie: 'session' });
  const seen: string[] = [];
  running.app.get(SecurityEvents).events.subscribe((event) => seen.push(JSON.stringify(event)));
  const canary = 'c4n4ry';
  await handshake({ Cookie: `session=${canary}`, Origin: OWN_ORIGIN });
  await handshake({}, `?token=${canary}`);
  await handshake({}, `?ticket=${canary}`);
  await handshake({ Authorization: `Bearer ${canary}` }, `?token=${canary}`);
  expect(seen).toHaveLength(4);
  expect(seen.join()).not.toContain(canary);
});
