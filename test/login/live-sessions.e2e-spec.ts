import { Injectable } from '@nestjs/common';
import { SubscribeMessage } from '@nestjs/websockets';
import {
  ConnectionRegistry,
  CurrentPrincipal,
  InvalidCredentialError,
  type Principal,
  RevocationService,
  SecureGateway,
  TokenVerifier,
  WsPublic,
  WsRoles,
} from 'nestjs-ws-security';
import { EchoGateway } from '../support/echo.gateway.js';
import { ManualClock } from '../support/manual-clock.js';
import { startApp, type AppOptions, type RunningApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { tokenPrincipal } from '../support/token-principal.js';
import { mintToken } from '../support/tokens.js';

@SecureGateway({ path: '/live' })
class LiveGateway {
  static served = 0;

  @WsRoles('admin')
  @SubscribeMessage('admin')
  admin(): boolean {
    LiveGateway.served += 1;
    return true;
  }

  @WsPublic()
  @SubscribeMessage('open')
  open(): boolean {
    LiveGateway.served += 1;
    return true;
  }

  @SubscribeMessage('whoami')
  whoami(@CurrentPrincipal() { id, roles, scopes }: Principal): object {
    return { id, roles, scopes };
  }
}

const DAY_S = 86_400;

let clock: ManualClock;
let running: RunningApp;

async function start(more: Partial<AppOptions> = {}): Promise<void> {
  clock = new ManualClock();
  running = await startApp({
    gateways: [EchoGateway, LiveGateway],
    clock,
    ...more,
    options: { jwtClockSkewMs: 0, heartbeatIntervalMs: 86_400_000, sessionMaxAgeMs: 0, ...more.options },
  });
}

afterEach(() => running.close());

async function connect(claims: object, expiresIn: number, protocols: string[] = []): Promise<TestClient> {
  const token = await mintToken({ ...claims }, { expiresIn, now: clock.now() });
  return TestClient.connect(`${running.url}/live`, { token, protocols });
}

const refresh = async (client: TestClient, claims: object, expiresIn: number) =>
  client.request('auth', { token: await mintToken({ ...claims }, { expiresIn, now: clock.now() }) });

it('S1 a token that lives three seconds ends its connection after three seconds with 4419', async () => {
  await start();
  const client = await connect({}, 3);
  clock.advance(1900);
  expect(await client.request('whoami')).toMatchObject({ event: 'whoami' });
  clock.advance(2000);
  expect(await client.closed).toEqual({ code: 4419, reason: 'token expired' });
});

it('S1 a connection refreshed in time stays open until the new token expires', async () => {
  await start();
  const client = await connect({}, 3);
  clock.advance(1900);
  const answer = await refresh(client, {}, 60);
  expect(answer).toMatchObject({ event: 'auth' });
  const { expiresAt } = answer.data as { expiresAt: number };
  expect(Math.abs(expiresAt - clock.now() - 60_000)).toBeLessThan(1001);
  clock.advance(55_000);
  expect(await client.request('whoami')).toMatchObject({ event: 'whoami' });
  clock.advance(6000);
  expect((await client.closed).code).toBe(4419);
});

/** A suspended machine stops the monotonic clock. */
class SleepingClock extends ManualClock {
  private slept = 0;

  override now(): number {
    return super.now() + this.slept;
  }

  sleep(ms: number): void {
    this.slept += ms;
  }
}

it.each([
  ['S1 a credential that expired', 0, 4419],
  ['S3 a session that reached its maximum age', 200_000, 4440],
])('%s while the machine was suspended ends its connection', async (_what, sessionMaxAgeMs, code) => {
  const sleeping = new SleepingClock();
  await start({ clock: sleeping, options: { sessionMaxAgeMs } });
  const client = await connect({}, 300);
  sleeping.sleep(-3000);
  sleeping.advance(500);
  sleeping.sleep(250_000);
  sleeping.advance(500);
  if (sessionMaxAgeMs === 0) {
    expect(await client.request('whoami')).toMatchObject({ event: 'whoami' });
    sleeping.sleep(60_000);
    sleeping.advance(500);
  }
  expect((await client.closed).code).toBe(code);
});

it('S1 a token of 30 days keeps its connection open for 30 days', async () => {
  await start();
  const client = await connect({}, 30 * DAY_S);
  clock.jump(29 * DAY_S * 1000);
  clock.advance(1000);
  expect(await client.request('whoami')).toMatchObject({ event: 'whoami' });
  clock.jump(DAY_S * 1000);
  clock.advance(1000);
  expect((await client.closed).code).toBe(4419);
});

it('S1 during the grace period the connection serves a refresh only', async () => {
  await start({ options: { refreshGraceMs: 10_000 } });
  const client = await connect({}, 3);
  clock.advance(4000);
  const served = LiveGateway.served;
  for (const event of ['whoami', 'open', 'nonsense'])
    expect(await client.request(event)).toMatchObject({ data: { code: 'TOKEN_EXPIRED' } });
  expect(await client.request('ping')).toMatchObject({ event: 'pong' });
  expect(LiveGateway.served).toBe(served);
  expect(await refresh(client, {}, 60)).toMatchObject({ event: 'auth' });
  expect(await client.request('open')).toMatchObject({ event: 'open' });
  clock.advance(20_000);
  expect(await client.request('open')).toMatchObject({ event: 'open' });
  await client.close();
});

it('S1 the grace period ends with 4419', async () => {
  await start({ options: { refreshGraceMs: 10_000 } });
  const client = await connect({}, 3);
  clock.advance(14_000);
  expect((await client.closed).code).toBe(4419);
});

it('S3 a session ends at its maximum age with 4440, in spite of refreshes', async () => {
  await start({ options: { sessionMaxAgeMs: 100_000 } });
  const client = await connect({}, 3600, ['ws-security.v1']);
  expect(await client.next()).toMatchObject({ event: 'session' });
  clock.advance(50_000);
  expect(await refresh(client, {}, 7200)).toMatchObject({ event: 'auth' });
  clock.advance(51_000);
  expect(await client.next()).toMatchObject({
    event: 'goodbye',
    data: { code: 4440, reconnect: 'reauthenticate' },
  });
  expect(await client.closed).toEqual({ code: 4440, reason: 'session too old' });
});

it('Z5 roles and scopes change with a refresh, up and down', async () => {
  await start();
  const client = await connect({ roles: ['user'] }, 60);
  expect(await client.request('admin')).toMatchObject({ data: { code: 'FORBIDDEN' } });
  await refresh(client, { roles: ['admin'], scope: 'a b' }, 60);
  expect(await client.request('admin')).toMatchObject({ event: 'admin', data: true });
  expect(await client.request('whoami')).toMatchObject({ data: { roles: ['admin'], scopes: ['a', 'b'] } });
  await refresh(client, { roles: [] }, 60);
  expect(await client.request('admin')).toMatchObject({ data: { code: 'FORBIDDEN' } });
  await client.close();
});

it.each([
  ['another subject', { sub: 'root' }],
  ['another issuer', { iss: 'https://other.test' }],
])('S9 a refresh with %s is refused and changes nothing', async (_what, claims) => {
  await start();
  const client = await connect({ sub: 'alice' }, 60);
  expect(await refresh(client, { sub: 'alice', roles: ['admin'], ...claims }, 600)).toMatchObject({
    event: 'exception',
    data: { code: 'FORBIDDEN' },
  });
  expect(await client.request('whoami')).toMatchObject({ data: { id: 'alice', roles: ['user'] } });
  clock.advance(61_000);
  expect((await client.closed).code).toBe(4419);
});

it('N16 a refresh with an invalid token is refused, counted, and changes nothing', async () => {
  await start({ options: { authFailureLimit: 2 } });
  const client = await connect({}, 60);
  const codes: unknown[] = [];
  for (const token of ['garbage', await mintToken({}, { secret: 'x'.repeat(40) }), 'garbage'])
    codes.push((await client.request('auth', { token })).data?.['code']);
  expect(codes).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED', 'RATE_LIMITED']);
  expect(await client.request('whoami')).toMatchObject({ data: { id: 'alice' } });
  await client.close();
});

it('S2 a refresh with a revoked token is refused', async () => {
  await start();
  const client = await connect({ sid: 'one' }, 60);
  await running.app.get(RevocationService).revokeSession('two');
  expect(await refresh(client, { sid: 'two' }, 60)).toMatchObject({ data: { code: 'UNAUTHENTICATED' } });
  await client.close();
});

it('S2 revoking a user closes a connection that was refreshed with an older token', async () => {
  await start();
  const client = await connect({}, 60);
  await refresh(client, {}, 600);
  expect(await running.app.get(RevocationService).revokeUser('alice', null)).toBe(1);
  expect((await client.closed).code).toBe(4403);
});

it('S2 revoking a user closes a connection whose issuer’s clock is ahead', async () => {
  await start({ options: { jwtClockSkewMs: 30_000 } });
  // Issued twenty seconds in the future.
  const token = await mintToken({}, { now: clock.now() + 80_000 });
  const client = await TestClient.connect(`${running.url}/live`, { token });
  expect(await running.app.get(RevocationService).revokeUser('alice', null)).toBe(1);
  expect((await client.closed).code).toBe(4403);
});

it('N16 a principal may refresh as often as an address may connect', async () => {
  await start({ options: { connectRateLimit: 3, connectRateTtlMs: 60_000 } });
  const client = await connect({}, 600);
  for (let n = 0; n < 3; n++) expect(await refresh(client, {}, 600)).toMatchObject({ event: 'auth' });
  expect(await refresh(client, {}, 600)).toMatchObject({
    data: { code: 'RATE_LIMITED', retryAfterMs: 60_000 },
  });
  clock.advance(60_000);
  expect(await refresh(client, {}, 600)).toMatchObject({ event: 'auth' });
  await client.close();
});

it('S9 a second refresh during the first is refused with RATE_LIMITED', async () => {
  let release: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (release = resolve));

  @Injectable()
  class SlowVerifier extends TokenVerifier {
    static calls = 0;

    override async verify(token: string): Promise<Principal> {
      if (SlowVerifier.calls++ > 0) await gate;
      if (token === 'bad') throw new InvalidCredentialError('bad');
      return tokenPrincipal(token, clock.now() + 60_000);
    }
  }
  await start({ overrides: [[TokenVerifier, new SlowVerifier()]] });
  const client = await TestClient.connect(`${running.url}/live`, { token: 'alice' });
  client.send({ event: 'auth', data: { token: 'alice' }, id: 1 });
  client.send({ event: 'auth', data: { token: 'alice' }, id: 2 });
  expect(await client.next()).toMatchObject({ data: { code: 'RATE_LIMITED' }, id: 2 });
  release();
  expect(await client.next()).toMatchObject({ event: 'auth', id: 1 });
  await client.close();
});

it('a refresh that arrives when the client has left leaves no state behind', async () => {
  await start();
  const client = await connect({}, 60);
  client.send({ event: 'auth', data: { token: await mintToken({}, { expiresIn: 600 }) } });
  await client.close();
  const registry = running.app.get(ConnectionRegistry);
  while (registry.size > 0) await new Promise((resolve) => setImmediate(resolve));
  expect(registry.ofUser('alice')).toEqual([]);
});
