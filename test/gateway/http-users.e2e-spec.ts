import { Global, Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { createRequire } from 'node:module';
import { readdirSync, readFileSync } from 'node:fs';
import {
  InvalidCredentialError,
  PrincipalFactory,
  RevocationService,
  TokenVerifier,
} from 'nestjs-ws-security';
import {
  ExpressSessionVerifier,
  SESSION_SECRETS,
  SESSION_STORE,
  sessionIdOf,
  type SessionStore,
  type StoredSession,
} from '../../docs/examples/beside-rest/express-session.verifier.js';
import { TicketController } from '../../docs/examples/beside-rest/ticket.controller.js';
import { ManualClock } from '../support/manual-clock.js';
import { type AppOptions, type RunningApp, startApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken, SECRET } from '../support/tokens.js';
import { WhoGateway } from '../support/who.gateway.js';

let running: RunningApp;

const start = async (config: Partial<AppOptions>): Promise<void> => {
  running = await startApp({ gateways: [WhoGateway], ...config });
};

afterEach(() => running.close());

describe('a ticket for the user of a controller', () => {
  beforeEach(() =>
    start({
      controllers: [TicketController],
      module: { imports: [JwtModule.register({ global: true, secret: SECRET })] },
      options: { rateLimit: 3 },
    }),
  );

  const ticketFor = async (token: string): Promise<Response> =>
    fetch(`${running.url.replace('ws', 'http')}/ws/ticket`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}` },
    });

  const connect = async (token: string): Promise<TestClient> => {
    const { ticket } = (await (await ticketFor(token)).json()) as { ticket: string };
    return TestClient.connect(`${running.url}/ws?ticket=${ticket}`);
  };

  it('N12 connects as the same principal as the token, with its rights, limit and end', async () => {
    const token = await mintToken({ sub: 'alice', iss: 'https://id.test', sid: 'one', roles: ['admin'] });
    const [byTicket, byToken] = [
      await connect(token),
      await TestClient.connect(`${running.url}/ws`, { token }),
    ];
    const [one, other] = [await byTicket.request('who'), await byToken.request('who')];
    expect(one.data).toMatchObject({ id: 'alice', issuer: 'https://id.test', roles: ['admin'] });
    expect(one.data).toEqual(other.data);
    expect([(await byTicket.request('who')).event, (await byToken.request('who')).event]).toEqual([
      'who',
      'exception',
    ]);
    await running.app.get(RevocationService).revokeSession('one');
    expect([(await byTicket.closed).code, (await byToken.closed).code]).toEqual([4403, 4403]);
  });

  it('N12 is refused without a valid token', async () => {
    expect((await ticketFor('wrong')).status).toBe(401);
    expect((await ticketFor(await mintToken({}, { expiresIn: -60 }))).status).toBe(401);
  });
});

it('principals of claims need a subject and an expiry that is still to come, and read times in seconds', async () => {
  const clock = new ManualClock();
  await start({ clock });
  const principals = running.app.get(PrincipalFactory);
  const now = Math.floor(clock.now() / 1000);
  expect(principals.fromClaims({ sub: 'a', exp: now + 60, scope: 'x y', jti: 't' })).toMatchObject({
    id: 'a',
    issuer: null,
    kind: 'token',
    scopes: ['x', 'y'],
    expiresAt: (now + 60) * 1000,
    sessionId: 't',
  });
  expect(principals.fromClaims({ sub: 'a' }).expiresAt).toBeNull();
  for (const claims of [
    {},
    { sub: '' },
    { sub: 'a', exp: now - 60 },
    { sub: 'a', iat: now + 60 },
    { sub: 'a', exp: '1' },
  ])
    expect(() => principals.fromClaims(claims)).toThrow(InvalidCredentialError);
});

describe('the cookie of express-session', () => {
  const ORIGIN = 'https://app.example.com';
  // What express-session itself signs with.
  const { sign } = createRequire(import.meta.url)('cookie-signature') as {
    sign: (value: string, secret: string) => string;
  };
  const sessions = new Map<string, StoredSession>();
  const store: SessionStore = {
    // Like the stores of express-session: JSON, and later.
    get: (id, callback) =>
      void setImmediate(() => {
        if (id === 'broken') callback(new Error('no store'));
        const found = sessions.get(id);
        callback(null, found && (JSON.parse(JSON.stringify(found)) as StoredSession));
      }),
  };
  const cookieOf = (id: string, secret = 'new secret'): string =>
    `theme=dark; connect.sid=${encodeURIComponent(`s:${sign(id, secret)}`)}`;
  const connect = (cookie: string, origin: string | null = ORIGIN) =>
    TestClient.connect(`${running.url}/ws`, {
      headers: { Cookie: cookie, ...(origin && { Origin: origin }) },
    });
  const statusOf = async (cookie: string, origin?: string | null): Promise<string> =>
    connect(cookie, origin).then(
      () => '101',
      (error: Error) => /\d{3}/.exec(error.message)?.[0] ?? '',
    );

  @Global()
  @Module({
    providers: [
      { provide: SESSION_STORE, useValue: store },
      { provide: SESSION_SECRETS, useValue: ['new secret', 'old secret'] },
    ],
    exports: [SESSION_STORE, SESSION_SECRETS],
  })
  class SessionsModule {}

  beforeEach(async () => {
    const user = { id: 'alice', roles: ['user'], signedInAt: Date.now() - 1000 };
    sessions.clear();
    sessions.set('signed-in', { cookie: { expires: new Date(Date.now() + 60_000) }, user });
    sessions.set('of-the-browser', { cookie: { expires: null }, user });
    sessions.set('over', { cookie: { expires: new Date(Date.now() - 1) }, user });
    sessions.set('anonymous', { cookie: { expires: null } });
    await start({
      module: {
        imports: [SessionsModule],
        providers: [{ provide: TokenVerifier, useClass: ExpressSessionVerifier }],
      },
      options: {
        jwtSecret: undefined,
        authSources: ['cookie'],
        authCookie: 'connect.sid',
        allowedOrigins: [ORIGIN],
        authFailureLimit: 100,
      },
    });
  });

  it('H2 connects the user of the session, from an allowed origin only', async () => {
    for (const cookie of [
      cookieOf('signed-in'),
      cookieOf('of-the-browser'),
      cookieOf('signed-in', 'old secret'),
    ]) {
      const client = await connect(cookie);
      expect((await client.request('who')).data).toMatchObject({ id: 'alice', roles: ['user'] });
      await client.close();
    }
    expect(await statusOf(cookieOf('signed-in'), 'https://evil.example')).toBe('403');
    expect(await statusOf(cookieOf('signed-in'), null)).toBe('403');
  });

  it('N1 is refused without a signature, without a user, or after its end', async () => {
    const forged = cookieOf('signed-in', 'another secret');
    const bare = 'connect.sid=signed-in';
    for (const cookie of [forged, bare, cookieOf('unknown'), cookieOf('over'), cookieOf('anonymous')])
      expect(await statusOf(cookie)).toBe('401');
    expect(await statusOf(cookieOf('broken'))).toBe('503');
  });

  it('S2 ends when the user signs out', async () => {
    const client = await connect(cookieOf('signed-in'));
    await running.app.get(RevocationService).revokeSession(sessionIdOf('signed-in'));
    expect((await client.closed).code).toBe(4403);
    expect(await statusOf(cookieOf('signed-in'))).toBe('401');
  });
});

it('docs/beside-rest.md shows the files of its examples', async () => {
  await start({});
  const page = readFileSync('docs/beside-rest.md', 'utf8');
  for (const name of readdirSync('docs/examples/beside-rest')) {
    const file = `docs/examples/beside-rest/${name}`;
    expect(page).toContain(`\`\`\`ts\n// ${file}\n${readFileSync(file, 'utf8')}\`\`\``);
  }
});
