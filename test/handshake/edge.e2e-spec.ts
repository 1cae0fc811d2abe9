import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect as tcpConnect, type Socket } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import { Injectable } from '@nestjs/common';
import { SubscribeMessage } from '@nestjs/websockets';
import {
  ANONYMOUS,
  ConnectionDirectory,
  ConnectionRegistry,
  CurrentConnection,
  DrainService,
  HandshakeRefusal,
  RevocationService,
  SecureGateway,
  SecurityEvents,
  TokenVerifier,
  WsConnectGuard,
  WsPublic,
  type Connection,
  type Handshake,
  type MemoryConnectionDirectory,
  type Principal,
  type SecurityEvent,
  type WsSecurityOptions,
} from 'nestjs-ws-security';
import { certificate } from '../support/certificate.js';
import { ConnectStorm } from '../support/connect-storm.js';
import { EchoGateway, PublicGateway } from '../support/echo.gateway.js';
import { ForeignPromise } from '../support/foreign-promise.js';
import { ManualClock } from '../support/manual-clock.js';
import { rawHandshake, requestText, textFrame } from '../support/raw-handshake.js';
import { sharedApps } from '../support/shared-apps.js';
import { stall } from '../support/stall.js';
import { startApp, type AppOptions, type RunningApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';

@SecureGateway({ path: '/where', public: true })
class WhereGateway {
  @WsPublic()
  @SubscribeMessage('where')
  where(@CurrentConnection() { address }: Connection): string {
    return address;
  }
}

const GATEWAYS = [EchoGateway, PublicGateway, WhereGateway];

let running: RunningApp;
/** Closes the application, unless it is shared. */
let end: () => Promise<void>;

async function start(options: WsSecurityOptions, more: Partial<AppOptions> = {}): Promise<void> {
  running = await startApp({ gateways: GATEWAYS, ...more, options });
  end = () => running.close();
}

const shared = sharedApps({ gateways: GATEWAYS });

/** For tests that only ask: they share the applications with equal options. */
async function share(options: WsSecurityOptions, apps = shared): Promise<void> {
  running = await apps(options);
  end = () => Promise.resolve();
}

afterEach(() => end());

const handshake = (path: string, headers: Record<string, string | null> = {}) =>
  rawHandshake(running.port, requestText(path, headers));

const codeOf = ({ status, body }: { status: number; body: string }): string | number =>
  status === 101 ? 101 : (JSON.parse(body) as { code: string }).code;

const directorySize = (): number => running.app.get<MemoryConnectionDirectory>(ConnectionDirectory).size;

describe('host', () => {
  it.each([
    ['app.test', 101],
    ['APP.TEST', 101],
    ['app.test:8443', 101],
    ['strict.test:8443', 101],
    ['strict.test', 'HOST_NOT_ALLOWED'],
    ['strict.test:1', 'HOST_NOT_ALLOWED'],
    ['rebound.test', 'HOST_NOT_ALLOWED'],
    ['sub.app.test', 'HOST_NOT_ALLOWED'],
    ['app.test.evil.test', 'HOST_NOT_ALLOWED'],
    ['127.0.0.1', 'HOST_NOT_ALLOWED'],
  ])('H7 the host %s gives %s', async (host, expected) => {
    await share({ allowedHosts: ['App.test', 'strict.test:8443'] });
    expect(codeOf(await handshake('/public', { Host: host }))).toBe(expected);
  });
});

describe('transport and proxies', () => {
  const TRUSTED: WsSecurityOptions = { trustedProxies: ['127.0.0.0/8'] };
  const BY_FORWARDED: WsSecurityOptions = { ...TRUSTED, forwardedHeader: 'forwarded' };

  it.each<[WsSecurityOptions, Record<string, string>, string | number]>([
    [{}, {}, 'INSECURE_TRANSPORT'],
    [{}, { 'X-Forwarded-Proto': 'https' }, 'INSECURE_TRANSPORT'],
    [TRUSTED, {}, 'INSECURE_TRANSPORT'],
    [TRUSTED, { 'X-Forwarded-Proto': 'http' }, 'INSECURE_TRANSPORT'],
    [TRUSTED, { 'X-Forwarded-Proto': 'https, http' }, 'INSECURE_TRANSPORT'],
    [TRUSTED, { 'X-Forwarded-Proto': 'https' }, 101],
    [TRUSTED, { Forwarded: 'for=198.51.100.1;proto=https' }, 'INSECURE_TRANSPORT'],
    [BY_FORWARDED, { 'X-Forwarded-Proto': 'https' }, 'INSECURE_TRANSPORT'],
    [BY_FORWARDED, { Forwarded: 'for=198.51.100.1;proto=https' }, 101],
  ])(
    'T1 H13 with the options %j and the headers %j a plaintext request gives %s',
    async (options, headers, expected) => {
      await share({ requireTls: true, ...options });
      expect(codeOf(await handshake('/public', headers))).toBe(expected);
    },
  );

  it.each<[WsSecurityOptions, Record<string, string>, string]>([
    [{}, { 'X-Forwarded-For': '198.51.100.1' }, '127.0.0.1'],
    [TRUSTED, { 'X-Forwarded-For': '198.51.100.1' }, '198.51.100.1'],
    [TRUSTED, { 'X-Forwarded-For': '1.1.1.1, 198.51.100.1, 127.0.0.9' }, '198.51.100.1'],
    [TRUSTED, { 'X-Forwarded-For': '2001:db8::1' }, '2001:db8::/64'],
    [TRUSTED, { 'X-Forwarded-For': '::ffff:198.51.100.1' }, '198.51.100.1'],
    [TRUSTED, { Forwarded: 'for=198.51.100.1' }, '127.0.0.1'],
    [BY_FORWARDED, { Forwarded: 'for=198.51.100.1', 'X-Forwarded-For': '1.1.1.1' }, '198.51.100.1'],
    [BY_FORWARDED, { 'X-Forwarded-For': '198.51.100.1' }, '127.0.0.1'],
    [TRUSTED, { 'X-Forwarded-For': 'unknown' }, '127.0.0.1'],
    [TRUSTED, { 'X-Real-IP': '198.51.100.1' }, '127.0.0.1'],
  ])(
    'H13 R3 with the options %j and the headers %j the client address is %s',
    async (options, headers, expected) => {
      await share(options);
      const client = await TestClient.connect(`${running.url}/where`, { headers });
      expect(await client.request('where')).toMatchObject({ data: expected });
      await client.close();
    },
  );

  it.each([
    ['chat.test:99999', 'BAD_HANDSHAKE'],
    ['chat.test:0', 'BAD_HANDSHAKE'],
    ['https://chat.test', 'BAD_HANDSHAKE'],
    ['chat.test, evil.test:99999', 'BAD_HANDSHAKE'],
    ['chat.test:8443', 101],
  ])('H5 H13 the host %s from a trusted proxy gives %s', async (host, expected) => {
    await share(TRUSTED);
    expect(codeOf(await handshake('/public', { 'X-Forwarded-Host': host }))).toBe(expected);
  });

  it('H1 the service’s own origin is the one that the client used', async () => {
    await share(TRUSTED);
    const outside = { 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'chat.test' };
    expect((await handshake('/public', { ...outside, Origin: 'https://chat.test' })).status).toBe(101);
    expect((await handshake('/public', { ...outside, Origin: 'http://service.test' })).status).toBe(403);
  });
});

describe('rates', () => {
  it('R5 limits handshakes per address, and further attempts do not prolong the wait', async () => {
    const clock = new ManualClock();
    await start({ connectRateLimit: 3, connectRateTtlMs: 10_000, trustedProxies: ['127.0.0.1'] }, { clock });
    const from = (address: string) => handshake('/public', { 'X-Forwarded-For': address });
    for (let i = 0; i < 3; i++) expect((await from('198.51.100.1')).status).toBe(101);
    clock.advance(4000);
    const refused = await from('198.51.100.1');
    expect([codeOf(refused), refused.status, refused.headers.get('retry-after')]).toEqual([
      'RATE_LIMITED',
      429,
      '6',
    ]);
    expect((await from('198.51.100.2')).status).toBe(101);
    clock.advance(6000);
    expect((await from('198.51.100.1')).status).toBe(101);
  });

  it('H13 R5 behind a proxy that writes Forwarded, neither X-Forwarded-For nor a client’s own Forwarded evades the limit', async () => {
    await start({ connectRateLimit: 3, trustedProxies: ['127.0.0.1'], forwardedHeader: 'forwarded' });
    const statuses: number[] = [];
    for (let n = 1; n <= 4; n++) {
      const headers = {
        'X-Forwarded-For': `203.0.113.${n}`,
        // The proxy appended its element to the client's header.
        Forwarded: `for=203.0.113.${n}, for="198.51.100.1:${4000 + n}";proto=https`,
      };
      statuses.push((await handshake('/public', headers)).status);
    }
    expect(statuses).toEqual([101, 101, 101, 429]);
    expect((await handshake('/public', { Forwarded: 'for=198.51.100.2' })).status).toBe(101);
  });

  it('R3 addresses in one /64 share the limit', async () => {
    await start({ connectRateLimit: 2, trustedProxies: ['127.0.0.1'] });
    const from = (address: string) => handshake('/public', { 'X-Forwarded-For': address });
    expect((await from('2001:db8:0:1::1')).status).toBe(101);
    expect((await from('2001:db8:0:1::2')).status).toBe(101);
    expect((await from('2001:db8:0:1:ffff::3')).status).toBe(429);
    expect((await from('2001:db8:0:2::1')).status).toBe(101);
  });

  it('N15 answers a limited number of wrong credentials per address with 401, in parallel too, and accepts valid ones always', async () => {
    await start({ authFailureLimit: 5 });
    const wrong = await Promise.all(
      Array.from({ length: 20 }, () => handshake('/ws', { Authorization: 'Bearer x' })),
    );
    const statuses = wrong.map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(5);
    expect(statuses.filter((status) => status === 429)).toHaveLength(15);
    const token = await mintToken();
    expect((await handshake('/ws', { Authorization: `Bearer ${token}` })).status).toBe(101);
    expect((await handshake('/ws')).status).toBe(401);
  });
});

it('N15 counts and answers a revoked credential like any wrong one', async () => {
  await start({ authFailureLimit: 3 });
  await running.app.get(RevocationService).revokeUser('alice', null);
  const bearer = { Authorization: `Bearer ${await mintToken({ sub: 'alice' })}` };
  const revoked = await Promise.all(Array.from({ length: 6 }, () => handshake('/ws', bearer)));
  expect(revoked.map(({ status }) => status).toSorted()).toEqual([401, 401, 401, 429, 429, 429]);
  const forged = await handshake('/ws', { Authorization: 'Bearer x' });
  expect(forged.body).toBe(revoked.find(({ status }) => status === 429)?.body);
});

describe('connection caps', () => {
  it('R4 1,000 simultaneous connects against a cap of 200: 200 open, 800 are refused, and closing frees all places', async () => {
    const limits = { maxConnectionsPerAddress: 200, maxConnectionsPerUser: 1000 };
    await start(limits, { clock: new ManualClock() });
    const storm = new ConnectStorm();
    await storm.run([running.url], await mintToken(), 1000);
    expect(Object.fromEntries(storm.statuses)).toEqual({ 101: 200, 429: 800 });
    expect([...storm.codes]).toEqual(['CONNECTION_LIMIT']);
    expect(running.app.get(ConnectionRegistry).size).toBe(200);
    const gone = lastClosed(200);
    await storm.end();
    await gone;
    expect(directorySize()).toBe(0);
  }, 120_000);

  it('R4 answers 503 at the node’s cap and 429 at a user’s cap, which does not affect other users', async () => {
    await start({ maxConnections: 3, maxConnectionsPerUser: 2 });
    const connect = async (sub: string) =>
      TestClient.connect(`${running.url}/ws`, { token: await mintToken({ sub }) });
    const refused = async (sub: string) =>
      TestClient.refused(`${running.url}/ws`, { token: await mintToken({ sub }) });
    const clients = [await connect('alice'), await connect('alice')];
    expect(await refused('alice')).toMatchObject({
      status: 429,
      body: { code: 'CONNECTION_LIMIT' },
      headers: { 'retry-after': '5' },
    });
    clients.push(await connect('bob'));
    expect(await refused('carol')).toMatchObject({ status: 503, body: { code: 'OVERLOADED' } });
    const gone = lastClosed(3);
    for (const client of clients) client.socket.terminate();
    await gone;
    expect(directorySize()).toBe(0);
    await (await connect('carol')).close();
  });

  it('R5 anonymous clients do not use up the places of authenticated ones', async () => {
    await start({ maxConnectionsPerAddress: 1 });
    const anybody = await TestClient.connect(`${running.url}/public`);
    expect((await TestClient.refused(`${running.url}/public`)).body).toMatchObject({
      code: 'CONNECTION_LIMIT',
    });
    const alice = await TestClient.connect(`${running.url}/ws`, { token: await mintToken() });
    await Promise.all([anybody.close(), alice.close()]);
  });

  it('R4 frees the place of every connection, however its handshake ends', async () => {
    Refusing.mode = 'false';
    await start(
      { maxConnectionsPerUser: 1 },
      { gateways: [EchoGateway, GuardedGateway], providers: [Refusing] },
    );
    const token = await mintToken();
    const bearer = { Authorization: `Bearer ${token}` };
    await handshake('/ws', { Authorization: 'Bearer x' });
    await handshake('/ws', { ...bearer, Origin: 'https://evil.test' });
    await handshake('/guarded', bearer);
    await new Promise<void>((resolve) => {
      const socket = tcpConnect(running.port, '127.0.0.1', () => {
        socket.write(requestText('/ws', bearer), () => socket.destroy());
      });
      socket.on('close', () => resolve());
    });
    const hooked = await TestClient.connect(`${running.url}/ws`, { token }).catch(() => undefined);
    if (hooked) await hooked.close();
    await untilAllEnded();
    expect(directorySize()).toBe(0);
  });
});

/** Returns what an untyped guard may return: a promise of a library. */
function foreign<T>(promise: Promise<T>): Promise<T> {
  return new ForeignPromise(promise) as unknown as Promise<T>;
}

@Injectable()
class Refusing extends WsConnectGuard {
  static mode: 'false' | 'throws' | 'custom' | 'hangs' | 'true' | 'truthy' | 'foreign' | 'foreign throws' =
    'false';
  static asked: () => void = () => undefined;

  canConnect(): boolean | Promise<boolean> {
    if (Refusing.mode === 'throws') return Promise.reject(new Error('canary-guard'));
    if (Refusing.mode === 'custom') throw new HandshakeRefusal('CONNECTION_LIMIT', { 'Retry-After': '9' });
    if (Refusing.mode === 'hangs') return this.hang();
    if (Refusing.mode === 'truthy') return 1 as unknown as boolean;
    if (Refusing.mode === 'foreign') return foreign(Promise.resolve(true));
    if (Refusing.mode === 'foreign throws') return foreign(Promise.reject(new Error('canary-guard')));
    return Refusing.mode === 'true';
  }

  private hang(): Promise<boolean> {
    Refusing.asked();
    return new Promise(() => undefined);
  }
}

@SecureGateway({ path: '/guarded', public: true, connectGuards: [Refusing] })
class GuardedGateway {
  @WsPublic()
  @SubscribeMessage('hello')
  hello(): boolean {
    return true;
  }
}

@Injectable()
class Tenants {
  readonly known = new Set(['acme']);
}

@Injectable()
class TenantConnectGuard extends WsConnectGuard {
  constructor(private readonly tenants: Tenants) {
    super();
  }

  async canConnect({ principal, request }: Handshake): Promise<boolean> {
    await Promise.resolve();
    return request.path !== '/ws' || this.tenants.known.has(String(principal.claims['tenant']));
  }
}

describe('connect guards', () => {
  const guarded = sharedApps({ gateways: [EchoGateway, GuardedGateway] });

  it.each([
    ['false', 'FORBIDDEN', 403],
    ['throws', 'FORBIDDEN', 403],
    ['truthy', 'FORBIDDEN', 403],
    ['custom', 'CONNECTION_LIMIT', 429],
    ['true', 101, 101],
    ['foreign', 101, 101],
    ['foreign throws', 'FORBIDDEN', 403],
  ] as const)('of a gateway: the answer %s gives %s', async (mode, code, status) => {
    Refusing.mode = mode;
    await share({}, guarded);
    const answer = await handshake('/guarded');
    expect([codeOf(answer), answer.status]).toEqual([code, status]);
    const token = await running.mintToken();
    expect((await handshake('/ws', { Authorization: `Bearer ${token}` })).status).toBe(101);
  });

  it('of the module run for every gateway and may inject providers', async () => {
    await start({}, { connectGuards: [TenantConnectGuard], providers: [Tenants, TenantConnectGuard] });
    const bearer = async (claims: object) => ({ Authorization: `Bearer ${await mintToken({ ...claims })}` });
    expect((await handshake('/ws', await bearer({ tenant: 'acme' }))).status).toBe(101);
    expect(codeOf(await handshake('/ws', await bearer({ tenant: 'evil' })))).toBe('FORBIDDEN');
    expect((await handshake('/public')).status).toBe(101);
  });
});

describe('deadlines', () => {
  @Injectable()
  class Silent extends TokenVerifier {
    static asked: () => void = () => undefined;

    override verify(): Promise<Principal> {
      Silent.asked();
      return new Promise(() => undefined);
    }
  }

  it('R10 a verification that never answers is refused with 503', async () => {
    const clock = new ManualClock();
    await start({ authTimeoutMs: 5000 }, { clock, overrides: [[TokenVerifier, new Silent()]] });
    const asked = new Promise<void>((resolve) => (Silent.asked = resolve));
    const answer = handshake('/ws', { Authorization: 'Bearer x' });
    await asked;
    clock.advance(5200);
    expect(codeOf(await answer)).toBe('AUTH_UNAVAILABLE');
  });

  it.each<[string, unknown, string]>([
    ['an anonymous principal', { ...ANONYMOUS }, 'UNAUTHENTICATED'],
    ['an empty id', { ...ANONYMOUS, id: '' }, 'UNAUTHENTICATED'],
    ['undefined', undefined, 'AUTH_UNAVAILABLE'],
  ])('N1 a verifier that answers %s is not accepted', async (_what, answer, code) => {
    class Odd extends TokenVerifier {
      override verify(): Promise<Principal> {
        return Promise.resolve(answer as Principal);
      }
    }
    await start({}, { overrides: [[TokenVerifier, new Odd()]] });
    expect(codeOf(await handshake('/ws', { Authorization: 'Bearer x' }))).toBe(code);
    expect(codeOf(await handshake('/public', { Authorization: 'Bearer x' }))).toBe(code);
  });

  it('R10 a connect guard that never answers is refused with 503', async () => {
    const clock = new ManualClock();
    Refusing.mode = 'hangs';
    await start({ authTimeoutMs: 5000 }, { clock, gateways: [GuardedGateway] });
    const asked = new Promise<void>((resolve) => (Refusing.asked = resolve));
    const answer = handshake('/guarded');
    await asked;
    clock.advance(5200);
    expect(codeOf(await answer)).toBe('OVERLOADED');
  });

  it.each([
    ['says nothing', ''],
    ['stops in the request line', 'GET /ws HT'],
    ['stops in the headers', 'GET /ws HTTP/1.1\r\nHost: service.test\r\nUpgra'],
  ])('R10 cuts a client that %s within 10 s', async (_what, bytes) => {
    const clock = new ManualClock();
    await start({}, { clock });
    const arrived = running.nextSocket();
    const socket: Socket = tcpConnect(running.port, '127.0.0.1', () => socket.write(bytes));
    const closed = new Promise((resolve) => socket.on('close', resolve).on('error', () => undefined));
    await arrived;
    clock.advance(8000);
    const other = await TestClient.connect(`${running.url}/public`);
    expect(socket.destroyed).toBe(false);
    clock.advance(2000);
    await closed;
    // A connection that has sent a handshake stays open.
    expect(await other.request('echo', { text: 'here' })).toMatchObject({ event: 'echo' });
    await other.close();
  });

  it('R10 answers a request that arrived in time while the process could not read', async () => {
    const clock = new ManualClock();
    await start({}, { clock });
    const arrived = running.nextSocket();
    const socket: Socket = tcpConnect(running.port, '127.0.0.1');
    await arrived;
    await stall(clock, 12_000, () => socket.write(requestText('/public')));
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toContain('101 Switching Protocols');
    socket.destroy();
  });
});

describe('deadlines of later requests', () => {
  /** Opens a connection and waits for the answer to its first request. */
  async function connectAndAsk(): Promise<Socket> {
    const socket = tcpConnect(running.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write('GET /nothing HTTP/1.1\r\nHost: service.test\r\n\r\n');
    await once(socket, 'data');
    return socket;
  }

  it('R10 cuts a later request whose headers never end within 10 s', async () => {
    const clock = new ManualClock();
    await start({}, { clock });
    const arrived = once(running.app.getHttpServer() as Server, 'connection');
    const socket = await connectAndAsk();
    const [peer] = (await arrived) as [Socket];
    clock.advance(1000);
    socket.write('GET /nothing HTTP/1.1\r\nHost: serv');
    // The server handles a later connection after the bytes above.
    await (await TestClient.connect(`${running.url}/public`)).close();
    clock.advance(8000);
    expect(peer.destroyed).toBe(false);
    clock.advance(2000);
    expect(peer.destroyed).toBe(true);
  });

  it('R10 cuts an unfinished request that came with the one before it at Node’s check every 5 s', async () => {
    await start({});
    const server = running.app.getHttpServer() as Server;
    server.keepAliveTimeout = 600_000;
    server.headersTimeout = 1;
    const socket = tcpConnect(running.port, '127.0.0.1');
    const closed = new Promise((resolve) => socket.on('close', resolve).on('error', () => undefined));
    socket.resume();
    socket.write('GET /nothing HTTP/1.1\r\nHost: service.test\r\n\r\nGET /nothing HT');
    await closed;
    expect(server).toMatchObject({ connectionsCheckingInterval: 5000 });
  });

  it('R10 a handshake may be a later request on a connection, which then stays open', async () => {
    const clock = new ManualClock();
    await start({}, { clock });
    const socket = await connectAndAsk();
    clock.advance(1000);
    socket.write(requestText('/public'));
    await once(socket, 'data');
    for (let i = 0; i < 3; i++) {
      clock.advance(4000);
      socket.write(textFrame('{"event":"echo","data":{"text":"here"}}'));
      const [answer] = (await once(socket, 'data')) as [Buffer];
      expect(answer.toString()).toContain('here');
    }
    socket.destroy();
  });
});

describe('deadlines of TLS', () => {
  const silent = async (clock: ManualClock, greet: (socket: Socket) => void): Promise<void> => {
    const arrived = running.nextSocket();
    const socket = tcpConnect(running.port, '127.0.0.1', () => greet(socket));
    const closed = new Promise((resolve) => socket.on('close', resolve).on('error', () => undefined));
    await arrived;
    clock.advance(10_000);
    await closed;
  };

  it('T4 R10 cuts an incomplete TLS hello within 10 s', async () => {
    const clock = new ManualClock();
    await start({}, { clock, tls: await certificate() });
    await silent(clock, (socket) => socket.write(Buffer.from('160301020001', 'hex')));
  });

  it('R10 cuts a client that is silent after the TLS handshake within 10 s, but not one that sent a request', async () => {
    const clock = new ManualClock();
    await start({}, { clock, tls: await certificate() });
    const client = await TestClient.connect(`${running.url}/public`);
    const idle = tlsConnect({ port: running.port, host: '127.0.0.1', rejectUnauthorized: false });
    await new Promise((resolve) => idle.once('secureConnect', resolve));
    const closed = new Promise((resolve) => idle.on('close', resolve).on('error', () => undefined));
    clock.advance(10_000);
    await closed;
    expect(await client.request('echo', { text: 'here' })).toMatchObject({ event: 'echo' });
    await client.close();
  });
});

describe('WS_REJECT_WITH=close', () => {
  const rejected = async (path: string, options: Parameters<typeof TestClient.connect>[1] = {}) => {
    const client = await TestClient.connect(running.url + path, options);
    return client.closed;
  };

  it('sends a close code for what a browser cannot read from an HTTP response', async () => {
    await start({ rejectWith: 'close', maxConnectionsPerUser: 1, allowedOrigins: [] });
    const token = await mintToken();
    const protocols = ['chat.v1', `bearer.${token}`];
    expect(await rejected('/ws')).toEqual({ code: 4401, reason: 'unauthenticated' });
    expect(await rejected('/ws', { protocols: ['chat.v1', 'bearer.x'] })).toMatchObject({ code: 4401 });
    expect(await rejected('/ws', { token, origin: 'https://evil.test' })).toMatchObject({ code: 4403 });
    expect(await rejected('/ws', { token, protocols })).toMatchObject({ code: 4400 });
    const client = await TestClient.connect(`${running.url}/ws`, { protocols });
    expect(client.socket.protocol).toBe('chat.v1');
    expect(await rejected('/ws', { protocols })).toMatchObject({ code: 4409 });
    await client.close();
  });

  it('still answers 404, 426 and broken requests over HTTP', async () => {
    await start({ rejectWith: 'close' });
    expect(codeOf(await handshake('/nowhere'))).toBe('UNKNOWN_PATH');
    expect(codeOf(await handshake('/ws', { 'Sec-WebSocket-Version': '8' }))).toBe('UNSUPPORTED_VERSION');
    expect(codeOf(await handshake('/ws', { 'Sec-WebSocket-Key': 'x' }))).toBe('BAD_HANDSHAKE');
  });

  it('still answers them over HTTP while it drains', async () => {
    await start({ rejectWith: 'close' });
    await running.app.get(DrainService).onModuleDestroy();
    expect(await rejected('/public')).toMatchObject({ code: 1012 });
    for (const broken of [
      handshake('/nowhere'),
      handshake('/ws', { 'Sec-WebSocket-Version': '8' }),
      handshake('/ws', { 'Sec-WebSocket-Key': 'x' }),
    ])
      expect(codeOf(await broken)).toBe('DRAINING');
  });

  it('H11 dispatches no frame of a refused client', async () => {
    await start({ rejectWith: 'close' });
    const before = [EchoGateway.calls, EchoGateway.connections];
    const frame = textFrame('{"event":"echo","data":{"text":"early"}}');
    const { status } = await rawHandshake(
      running.port,
      Buffer.concat([Buffer.from(requestText('/ws')), frame, frame]),
    );
    expect(status).toBe(101);
    expect([EchoGateway.calls, EchoGateway.connections]).toEqual(before);
  });
});

describe('events', () => {
  it('L1 L2 name the path and reason of each refusal and each connection’s start and end, without secrets', async () => {
    await start({});
    const events: SecurityEvent[] = [];
    running.app.get(SecurityEvents).events.subscribe((event) => events.push(event));
    await handshake('/ws?token=canary-query', {
      Authorization: 'Bearer canary-token',
      Cookie: 'canary-cookie',
    });
    const client = await TestClient.connect(`${running.url}/ws`, { token: await mintToken() });
    const gone = lastClosed(1);
    await client.close();
    await gone;
    expect(events).toMatchObject([
      {
        type: 'handshake.refused',
        code: 'UNAUTHENTICATED',
        status: 401,
        'client.address': '127.0.0.1',
        'url.path': '/ws',
      },
      { type: 'connection.accepted', 'user.id': 'alice', 'client.address': '127.0.0.1', 'url.path': '/ws' },
      { type: 'connection.closed', 'user.id': 'alice', 'close.code': 1005 },
    ]);
    expect(JSON.stringify(events)).not.toContain('canary');
  });
});

/** Resolves when this many connections have closed on the server's side. */
function lastClosed(count: number): Promise<void> {
  let left = count;
  return new Promise((resolve) => {
    running.app.get(SecurityEvents).events.subscribe(({ type }) => {
      if (type === 'connection.closed' && --left === 0) resolve();
    });
  });
}

/** Resolves when every handshake and every connection has ended. */
async function untilAllEnded(): Promise<void> {
  const server = running.app.getHttpServer() as Server;
  const open = (): Promise<number> =>
    new Promise((resolve) => server.getConnections((_error, count) => resolve(count)));
  // A pending decision may end after its connection.
  while ((await open()) > 0 || directorySize() > 0) await new Promise((resolve) => setImmediate(resolve));
}
