import { Injectable } from '@nestjs/common';
import {
  CurrentPrincipal,
  type Handshake,
  type Principal,
  RevocationService,
  SecureGateway,
  WsConnectGuard,
} from 'nestjs-ws-security';
import { SubscribeMessage } from '@nestjs/websockets';
import { EchoGateway, PublicGateway } from '../support/echo.gateway.js';
import { ManualClock } from '../support/manual-clock.js';
import { startApp, type AppOptions, type RunningApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';

@SecureGateway({ path: '/who' })
class WhoGateway {
  static connected: (string | null)[] = [];

  handleConnection(client: { principal?: Principal }): void {
    WhoGateway.connected.push(client.principal?.id ?? 'connected');
  }

  @SubscribeMessage('whoami')
  whoami(@CurrentPrincipal() { id, roles }: Principal): object {
    return { id, roles };
  }
}

let clock: ManualClock;
let running: RunningApp;

async function start(more: Partial<AppOptions> = {}): Promise<void> {
  clock = new ManualClock();
  WhoGateway.connected = [];
  running = await startApp({
    gateways: [EchoGateway, PublicGateway, WhoGateway],
    clock,
    ...more,
    options: { authSources: ['header', 'message'], authTimeoutMs: 5000, ...more.options },
  });
}

afterEach(() => running.close());

const connect = (path = '/who', protocols: string[] = []): Promise<TestClient> =>
  TestClient.connect(`${running.url}${path}`, { protocols });

it('N1 without the source `message` a handshake without a credential is refused', async () => {
  await start({ options: { authSources: ['header'] } });
  expect((await TestClient.refused(`${running.url}/who`)).status).toBe(401);
});

it('a first message with a token logs in, and only then the gateway’s connect hook runs', async () => {
  await start();
  const client = await connect();
  expect(WhoGateway.connected).toEqual([]);
  const answer = await client.request('auth', { token: await mintToken({ sub: 'alice' }) });
  expect(answer).toMatchObject({ event: 'auth', data: { expiresAt: expect.any(Number) as number } });
  expect(await client.request('whoami')).toMatchObject({ data: { id: 'alice', roles: ['user'] } });
  expect(WhoGateway.connected).toHaveLength(1);
  await client.close();
});

it('a client of the protocol receives its session after it logged in', async () => {
  await start();
  const client = await connect('/who', ['ws-security.v1']);
  client.send({ event: 'auth', data: { token: await mintToken({ sub: 'alice' }) }, id: 'login' });
  expect(await client.next()).toMatchObject({ event: 'auth', id: 'login' });
  expect(await client.next()).toMatchObject({ event: 'session', data: { principal: { id: 'alice' } } });
  await client.close();
});

it('Z6 frames sent together with the login wait for it', async () => {
  await start();
  const client = await connect();
  client.send({ event: 'auth', data: { token: await mintToken({ sub: 'bob' }) } });
  client.send({ event: 'whoami', id: 1 });
  client.send({ event: 'whoami', id: 2 });
  expect(await client.next()).toMatchObject({ event: 'auth' });
  expect(await client.next()).toMatchObject({ data: { id: 'bob' }, id: 1 });
  expect(await client.next()).toMatchObject({ data: { id: 'bob' }, id: 2 });
  await client.close();
});

it.each([
  ['an event', { event: 'echo', data: { text: 'hello' }, id: 1 }],
  ['a ping', { event: 'ping' }],
  ['no frame of the protocol', 'garbage'],
])('Z6 %s before the login is not served and closes the connection', async (_what, frame) => {
  await start();
  const calls = EchoGateway.calls;
  const client = await connect('/ws');
  client.send(frame);
  client.send({ event: 'auth', data: { token: await mintToken() } });
  expect(await client.next()).toMatchObject({ event: 'exception', data: { code: 'UNAUTHENTICATED' } });
  expect(await client.closed).toEqual({ code: 4401, reason: 'authentication required' });
  expect(EchoGateway.calls).toBe(calls);
});

it('Z6 I11 a malformed message with an id is refused under its id', async () => {
  await start();
  const client = await connect('/ws');
  client.send('{"event":"auth","data":{"token":"\\ud800"},"id":"login"}');
  expect(await client.next()).toMatchObject({ data: { code: 'UNAUTHENTICATED' }, id: 'login' });
  expect((await client.closed).code).toBe(4401);
});

it('R10 a client that sends nothing is closed with 4408', async () => {
  await start();
  const client = await connect();
  clock.advance(4900);
  expect(client.socket.readyState).toBe(client.socket.OPEN);
  clock.advance(300);
  expect(await client.closed).toEqual({ code: 4408, reason: 'authentication timeout' });
});

it('R10 a client that has logged in is not closed by the login timeout', async () => {
  await start();
  const client = await connect();
  await client.request('auth', { token: await mintToken() });
  clock.advance(20_000);
  expect(await client.request('whoami')).toMatchObject({ event: 'whoami' });
  await client.close();
});

it.each([
  ['a forged token', () => mintToken({}, { secret: 'x'.repeat(40) })],
  ['an expired token', () => mintToken({}, { expiresIn: -3600 })],
  ['a number', () => Promise.resolve(7)],
  ['nothing', () => Promise.resolve(undefined)],
  ['an endless text', () => Promise.resolve('x'.repeat(20_000))],
])('N16 a login with %s ends with 4401 and reveals no reason', async (_what, tokenOf) => {
  await start();
  const client = await connect();
  client.send({ event: 'auth', data: { token: await tokenOf() }, id: 1 });
  expect(await client.next()).toEqual({
    event: 'exception',
    data: { status: 'error', code: 'UNAUTHENTICATED', message: 'Authentication is required.' },
    id: 1,
  });
  expect(await client.closed).toEqual({ code: 4401, reason: 'unauthenticated' });
  expect(WhoGateway.connected).toEqual([]);
});

it('N15 failed logins count as failed credentials of the address', async () => {
  await start({ options: { authFailureLimit: 2 } });
  const codes: number[] = [];
  for (let i = 0; i < 3; i++) {
    const client = await connect();
    client.send({ event: 'auth', data: { token: 'wrong' } });
    codes.push((await client.closed).code);
  }
  expect(codes).toEqual([4401, 4401, 4429]);
});

it('N15 a client that must wait before the next login is told how long', async () => {
  await start({ options: { authFailureLimit: 1, authFailureTtlMs: 30_000 } });
  const wrong = { event: 'auth', data: { token: 'wrong' }, id: 1 };
  const first = await connect();
  first.send(wrong);
  await first.closed;
  clock.advance(20_000);
  const client = await connect('/who', ['ws-security.v1']);
  client.send(wrong);
  expect(await client.next()).toMatchObject({ data: { code: 'RATE_LIMITED', retryAfterMs: 10_000 }, id: 1 });
  expect(await client.next()).toEqual({
    event: 'goodbye',
    data: { code: 4429, reason: 'rate limited', reconnect: 'backoff', retryAfterMs: 10_000 },
  });
  expect((await client.closed).code).toBe(4429);
});

it('R4 the cap per user applies to logins too, and their places are freed', async () => {
  await start({ options: { maxConnectionsPerUser: 1 } });
  const token = await mintToken({ sub: 'alice' });
  const first = await connect();
  await first.request('auth', { token });
  const second = await connect();
  second.send({ event: 'auth', data: { token } });
  expect((await second.closed).code).toBe(4409);
  await first.close();
  const third = await connect();
  expect(await third.request('auth', { token })).toMatchObject({ event: 'auth' });
  await third.close();
});

it('connect guards are called once, with the principal that logged in', async () => {
  @Injectable()
  class OnlyBob extends WsConnectGuard {
    static asked: (string | null)[] = [];

    canConnect({ principal }: Handshake): boolean {
      OnlyBob.asked.push(principal.id);
      return principal.id === 'bob';
    }
  }
  await start({ connectGuards: [OnlyBob] });
  const alice = await connect();
  alice.send({ event: 'auth', data: { token: await mintToken({ sub: 'alice' }) } });
  expect((await alice.closed).code).toBe(4403);
  const bob = await connect();
  expect(await bob.request('auth', { token: await mintToken({ sub: 'bob' }) })).toMatchObject({
    event: 'auth',
  });
  expect(OnlyBob.asked).toEqual(['alice', 'bob']);
  await bob.close();
});

it('an anonymous client of a public gateway may log in later', async () => {
  await start();
  const client = await connect('/public');
  expect(await client.request('members')).toMatchObject({ data: { code: 'UNAUTHENTICATED' } });
  expect(await client.request('auth', { token: 'wrong' })).toMatchObject({
    data: { code: 'UNAUTHENTICATED' },
  });
  expect(await client.request('auth', { token: await mintToken() })).toMatchObject({ event: 'auth' });
  expect(await client.request('members')).toMatchObject({ data: { secret: true } });
  await client.close();
});

it('S2 R4 a user who is revoked during a login keeps no place, and may log in again on this connection', async () => {
  @Injectable()
  class RevokingGuard extends WsConnectGuard {
    static meanwhile: () => Promise<unknown> = () => Promise.resolve();

    async canConnect(): Promise<boolean> {
      await RevokingGuard.meanwhile();
      return true;
    }
  }
  await start({ connectGuards: [RevokingGuard], options: { maxConnectionsPerUser: 1 } });
  const client = await connect('/public');
  const token = await mintToken({ sub: 'alice' });
  RevokingGuard.meanwhile = () => running.app.get(RevocationService).revokeUser('alice', null);
  expect(await client.request('auth', { token })).toMatchObject({ data: { code: 'UNAUTHENTICATED' } });
  RevokingGuard.meanwhile = () => Promise.resolve();
  clock.advance(2000);
  const iat = Math.floor(clock.now() / 1000);
  const fresh = await mintToken({ sub: 'alice', iat }, { withoutIssuedAt: true, now: clock.now() });
  const other = await TestClient.connect(`${running.url}/public`, { token: fresh });
  await other.close();
  expect(await client.request('auth', { token: fresh })).toMatchObject({ event: 'auth' });
  expect(await client.request('members')).toMatchObject({ data: { secret: true } });
  await client.close();
});

it('a client with a credential in the handshake need not log in', async () => {
  await start();
  const client = await TestClient.connect(`${running.url}/who`, { token: await mintToken() });
  expect(await client.request('whoami')).toMatchObject({ data: { id: 'alice' } });
  await client.close();
});
