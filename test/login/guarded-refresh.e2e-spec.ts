import { Injectable } from '@nestjs/common';
import { SubscribeMessage } from '@nestjs/websockets';
import {
  BanStore,
  CurrentPrincipal,
  type Handshake,
  HandshakeRefusal,
  type Principal,
  SecureGateway,
  WsConnectGuard,
} from 'nestjs-ws-security';
import { ManualClock } from '../support/manual-clock.js';
import { startApp, type AppOptions, type RunningApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';

/** Accepts the tenant acme and records the handshakes that it gets. */
@Injectable()
class TenantGuard extends WsConnectGuard {
  static seen: Handshake[] = [];
  static held = 0;
  static asked: () => void = () => undefined;

  canConnect(handshake: Handshake): boolean | Promise<boolean> {
    TenantGuard.seen.push(handshake);
    TenantGuard.held += 1;
    handshake.hold(() => (TenantGuard.held -= 1));
    TenantGuard.asked();
    switch (handshake.principal.claims['tenant']) {
      case 'acme':
        return true;
      case 'moving':
        throw new HandshakeRefusal('OVERLOADED', { 'Retry-After': '30' });
      case 'broken':
        return Promise.reject(new Error('canary-guard'));
      case 'silent':
        return new Promise(() => undefined);
      default:
        return false;
    }
  }
}

@SecureGateway({ path: '/guarded', connectGuards: [TenantGuard] })
class GuardedGateway {
  @SubscribeMessage('whoami')
  whoami(@CurrentPrincipal() { id, roles }: Principal): object {
    return { id, roles };
  }
}

@SecureGateway({ path: '/open' })
class OpenGateway extends GuardedGateway {}

const HOUR_MS = 3_600_000;

let clock: ManualClock;
let running: RunningApp;

async function start(more: Partial<AppOptions> = {}): Promise<void> {
  clock = new ManualClock();
  TenantGuard.seen = [];
  TenantGuard.held = 0;
  running = await startApp({
    gateways: [GuardedGateway, OpenGateway],
    clock,
    ...more,
    options: {
      jwtClockSkewMs: 0,
      heartbeatIntervalMs: 86_400_000,
      authSources: ['header', 'message'],
      ...more.options,
    },
  });
}

afterEach(() => running.close());

const tokenOf = (claims: object) => mintToken({ tenant: 'acme', ...claims }, { now: clock.now() });
const connect = async (path = '/guarded') =>
  TestClient.connect(`${running.url}${path}?room=1`, { token: await tokenOf({ roles: ['user'] }) });
const refresh = async (client: TestClient, claims: object) =>
  client.request('auth', { token: await tokenOf({ roles: ['admin'], ...claims }) });
const rolesOf = async (client: TestClient) => (await client.request('whoami')).data?.['roles'];

it('Z5 a refresh calls the connect guards with the request and the new credential', async () => {
  await start();
  const client = await connect();
  expect(await refresh(client, { plan: 'team' })).toMatchObject({ event: 'auth' });
  expect(await rolesOf(client)).toEqual(['admin']);
  const [first, second] = TenantGuard.seen;
  expect(TenantGuard.seen).toHaveLength(2);
  expect(second).toMatchObject({
    principal: { id: 'alice', roles: ['admin'], claims: { plan: 'team' } },
    credential: { source: 'message', kind: 'bearer' },
    address: '127.0.0.1',
    endpoint: { path: '/guarded' },
  });
  expect(second?.request).toBe(first?.request);
  expect(second?.request.query.get('room')).toBe('1');
  // As for the credential of the handshake.
  expect(first).toMatchObject({ principal: { roles: ['user'] }, credential: { source: 'header' } });
  await client.close();
});

it('Z5 a refresh that a connect guard refuses is FORBIDDEN and changes neither rights nor expiry', async () => {
  await start();
  const client = await connect();
  clock.advance(HOUR_MS / 2);
  expect(await refresh(client, { tenant: 'other' })).toMatchObject({ data: { code: 'FORBIDDEN' } });
  expect(await rolesOf(client)).toEqual(['user']);
  clock.advance(HOUR_MS / 2 + 2000);
  expect((await client.closed).code).toBe(4419);
});

it.each([
  ['moving', { code: 'OVERLOADED', retryAfterMs: 30_000 }],
  ['broken', { code: 'FORBIDDEN' }],
])('Z5 a guard that throws about the tenant %s is answered as at the handshake', async (tenant, data) => {
  await start();
  const client = await connect();
  const answer = await refresh(client, { tenant });
  expect(answer).toMatchObject({ event: 'exception', data });
  expect(JSON.stringify(answer)).not.toContain('canary');
  expect(await rolesOf(client)).toEqual(['user']);
  await client.close();
});

it('R10 a refresh is OVERLOADED when a guard never answers', async () => {
  await start({ options: { authTimeoutMs: 5000 } });
  const client = await connect();
  const asked = new Promise<void>((resolve) => (TenantGuard.asked = resolve));
  const answer = refresh(client, { tenant: 'silent' });
  await asked;
  clock.advance(5200);
  expect(await answer).toMatchObject({ data: { code: 'OVERLOADED' } });
  expect(await rolesOf(client)).toEqual(['user']);
  await client.close();
});

it('Z5 a refresh calls the guards again for a client that logged in by a first message', async () => {
  await start();
  const client = await TestClient.connect(`${running.url}/guarded`);
  expect(await refresh(client, { roles: ['user'] })).toMatchObject({ event: 'auth' });
  expect(await refresh(client, { tenant: 'other' })).toMatchObject({ data: { code: 'FORBIDDEN' } });
  expect(await rolesOf(client)).toEqual(['user']);
  expect(TenantGuard.seen).toHaveLength(2);
  await client.close();
});

it('R4 a guard’s reservation for a refresh is released at once', async () => {
  await start();
  const client = await connect();
  for (const tenant of ['acme', 'other', 'acme']) await refresh(client, { tenant });
  expect(TenantGuard.held).toBe(1);
  await client.close();
});

it('Z5 a refresh does not call the guards of another path', async () => {
  await start();
  const client = await connect('/open');
  expect(await refresh(client, { tenant: 'other' })).toMatchObject({ event: 'auth' });
  expect(TenantGuard.seen).toEqual([]);
  await client.close();
});

it('S9 a refresh with another identity is refused before guards are called', async () => {
  await start();
  const client = await connect();
  expect(await refresh(client, { sub: 'bob' })).toMatchObject({ data: { code: 'FORBIDDEN' } });
  expect(TenantGuard.seen).toHaveLength(1);
  await client.close();
});

it('Z5 a principal that was banned meanwhile, on any node, cannot refresh', async () => {
  const banned = new Set<string>();
  class SharedBans extends BanStore {
    ban(key: string): void {
      banned.add(key);
    }

    remaining(key: string): Promise<number> {
      return Promise.resolve(banned.has(key) ? 1000 : 0);
    }
  }
  await start({ options: { banMs: 1000 }, overrides: [[BanStore, new SharedBans()]] });
  const client = await connect();
  banned.add('principal:0::alice');
  expect(await refresh(client, {})).toMatchObject({ data: { code: 'FORBIDDEN' } });
  expect(await rolesOf(client)).toEqual(['user']);
  await client.close();
});
