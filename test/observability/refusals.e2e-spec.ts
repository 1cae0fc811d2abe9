import { type CanActivate, Injectable, UseGuards } from '@nestjs/common';
import { SubscribeMessage } from '@nestjs/websockets';
import { Throttle } from '@nestjs/throttler';
import {
  HandshakeRefusal,
  SecureGateway,
  type SecurityEvent,
  type SecurityEventOf,
  SecurityEvents,
  WsConnectGuard,
  WsPolicyGuard,
  WsRoles,
  WsScopes,
  type WsSecurityOptions,
} from 'nestjs-ws-security';
import { EchoGateway } from '../support/echo.gateway.js';
import { ManualClock } from '../support/manual-clock.js';
import { rawHandshake, requestText } from '../support/raw-handshake.js';
import { startApp, type AppOptions, type RunningApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';

class FalseGuard implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

class LateGuard implements CanActivate {
  canActivate(): Promise<boolean> {
    return Promise.resolve(false);
  }
}

class OwnerPolicy extends WsPolicyGuard {
  protected override isPermitted(): boolean {
    return false;
  }
}

@SecureGateway({ path: '/rights' })
class RightsGateway {
  @WsRoles('admin', 'root')
  @SubscribeMessage('kick')
  kick(): boolean {
    return true;
  }

  @WsScopes('chat:read', 'chat:write', 'chat:ban')
  @SubscribeMessage('ban')
  ban(): boolean {
    return true;
  }

  @UseGuards(OwnerPolicy)
  @SubscribeMessage('edit')
  edit(): boolean {
    return true;
  }

  @Throttle({ default: { limit: 1, ttl: 60_000 } })
  @SubscribeMessage('dear')
  dear(): boolean {
    return true;
  }
}

@SecureGateway({ path: '/false', guards: [FalseGuard] })
class FalseGateway {
  @SubscribeMessage('never')
  never(): boolean {
    return true;
  }
}

@SecureGateway({ path: '/late', guards: [LateGuard] })
class LateGateway {
  @SubscribeMessage('later')
  later(): boolean {
    return true;
  }
}

@Injectable()
class TenantGuard extends WsConnectGuard {
  static answer: () => boolean = () => false;

  canConnect(): boolean {
    return TenantGuard.answer();
  }
}

let running: RunningApp;
let clock: ManualClock;
let events: SecurityEvent[];

afterEach(() => running.close());

async function start(options: WsSecurityOptions = {}, more: Partial<AppOptions> = {}): Promise<void> {
  clock = new ManualClock();
  running = await startApp({
    gateways: [EchoGateway, RightsGateway, FalseGateway, LateGateway],
    clock,
    options,
    ...more,
  });
  events = [];
  running.app.get(SecurityEvents).events.subscribe((event) => events.push(event));
}

const ask = async (headers: Record<string, string> = {}): Promise<number> =>
  (await rawHandshake(running.port, requestText('/ws', headers))).status;
const authorized = async () => ({ Authorization: `Bearer ${await mintToken()}` });

describe('the event of a refused handshake', () => {
  it('N18 names the origin, shortened and in plain characters, and the allowed ones', async () => {
    await start({ allowedOrigins: ['https://app.test', 'https://*.example.test'] });
    const request = requestText('/ws', { Origin: `https://evil.test/\u009b${'x'.repeat(500)}` });
    await rawHandshake(running.port, Buffer.from(request, 'latin1'));
    expect(events).toMatchObject([
      {
        code: 'ORIGIN_NOT_ALLOWED',
        origin: expect.stringMatching(/^https:\/\/evil\.test\/x{100,128}$/) as string,
        allowed: 'http://service.test, https://app.test, https://*.example.test',
      },
    ]);
  });

  it('N18 says when an Origin is missing beside a cookie', async () => {
    await start({ authSources: ['cookie'], authCookie: 'session' });
    await ask({ Cookie: 'session=canary' });
    expect(events).toMatchObject([
      { code: 'ORIGIN_NOT_ALLOWED', reason: expect.stringContaining('no Origin') as string },
    ]);
    expect(JSON.stringify(events)).not.toContain('canary');
  });

  it('N18 names a foreign host and the allowed ones', async () => {
    await start({ allowedHosts: ['chat.test', 'chat.test:8443'] });
    expect(await ask({ Host: 'Evil.test' })).toBe(403);
    expect(events).toMatchObject([
      { code: 'HOST_NOT_ALLOWED', host: 'evil.test', allowed: 'chat.test, chat.test:8443' },
    ]);
  });

  it('N18 shortens a long list of allowed ones', async () => {
    await start({ allowedHosts: Array.from({ length: 100 }, (_, n) => `h${n}.test`) });
    await ask({ Host: 'evil.test' });
    expect(events).toMatchObject([
      { allowed: expect.stringMatching(/^h0\.test, .*, h15\.test and 84 more$/) as string },
    ]);
  });

  it('N18 says that the transport was not TLS', async () => {
    await start({ requireTls: true });
    await ask();
    expect(events).toMatchObject([
      { code: 'INSECURE_TRANSPORT', transport: 'plain', allowed: expect.stringContaining('TLS') as string },
    ]);
  });

  it('N18 names the cap and its limit, and the user over it', async () => {
    await start({ maxConnectionsPerUser: 1 });
    const client = await TestClient.connect(`${running.url}/ws`, { token: await mintToken() });
    expect(await ask(await authorized())).toBe(429);
    expect(events.at(-1)).toMatchObject({
      code: 'CONNECTION_LIMIT',
      cap: 'user',
      limit: 1,
      'user.id': 'alice',
    });
    await client.close();
    await running.close();

    await start({ maxConnectionsPerAddress: 1 });
    const neighbor = await TestClient.connect(`${running.url}/ws`, { token: await mintToken() });
    expect(await ask(await authorized())).toBe(429);
    expect(events.at(-1)).toMatchObject({ code: 'CONNECTION_LIMIT', cap: 'address', limit: 1 });
    await neighbor.close();
    await running.close();

    await start({ maxConnections: 1 });
    const only = await TestClient.connect(`${running.url}/ws`, { token: await mintToken() });
    expect(await ask(await authorized())).toBe(503);
    expect(events.at(-1)).toMatchObject({ code: 'OVERLOADED', cap: 'node', limit: 1 });
    await only.close();
  });

  it('N18 names the rate of handshakes', async () => {
    await start({ connectRateLimit: 1, connectRateTtlMs: 5000 });
    await ask();
    expect(await ask()).toBe(429);
    expect(events.at(-1)).toMatchObject({
      code: 'RATE_LIMITED',
      throttler: 'connect',
      limit: 1,
      ttl_ms: 5000,
    });
  });

  it('N18 says that there was no credential, or which ones were sent together', async () => {
    await start({ authSources: ['header', 'query'] });
    await ask();
    expect(events.at(-1)).toMatchObject({ reason: 'no credential', allowed: 'header, query' });
    await rawHandshake(running.port, requestText('/ws?token=canary', { Authorization: 'Bearer canary' }));
    expect(events.at(-1)).toMatchObject({ reason: 'more than one credential: header, query' });
    expect(JSON.stringify(events)).not.toContain('canary');
  });

  it.each<[string, () => boolean, object]>([
    ['answers false', () => false, { code: 'FORBIDDEN', guard: 'TenantGuard' }],
    [
      'throws',
      () => {
        throw new TypeError('no tenant');
      },
      { code: 'FORBIDDEN', guard: 'TenantGuard', reason: 'TypeError: no tenant' },
    ],
    [
      'refuses in its own way',
      () => {
        throw new HandshakeRefusal(
          'OVERLOADED',
          {},
          { details: { tenant: 'acme', 'user.id': 'root', limit: 'none' } },
        );
      },
      {
        code: 'OVERLOADED',
        guard: 'TenantGuard',
        details: { tenant: 'acme', 'user.id': 'root', limit: 'none' },
      },
    ],
  ])('N18 names a connect guard that %s', async (_how, answer, event) => {
    TenantGuard.answer = answer;
    await start({}, { connectGuards: [TenantGuard] });
    await ask(await authorized());
    expect(events).toMatchObject([{ ...event, 'user.id': 'alice' }]);
  });
});

describe('messages.refused', () => {
  const refusals = (): unknown =>
    events.find((event): event is SecurityEventOf<'messages.refused'> => event.type === 'messages.refused')
      ?.refusals;

  /** Sends the events, and returns what the report says about them. */
  async function reportOn(path: string, ...names: string[]): Promise<unknown> {
    const client = await TestClient.connect(running.url + path, { token: await mintToken() });
    for (const name of names)
      expect(await client.request(name)).toMatchObject({ event: expect.anything() as string });
    clock.advance(10_100);
    await client.close();
    return refusals();
  }

  it('N18 names per code the events and the missing roles and scopes', async () => {
    await start();
    expect(await reportOn('/rights', 'kick', 'ban', 'kick', 'nope', 'edit')).toEqual([
      { code: 'FORBIDDEN', event: 'kick', rule: 'role admin or root', count: 2 },
      { code: 'FORBIDDEN', event: 'ban', rule: 'scope chat:read chat:ban', count: 1 },
      { code: 'UNKNOWN_EVENT', event: 'nope', count: 1 },
      { code: 'FORBIDDEN', event: 'edit', rule: 'guard OwnerPolicy', count: 1 },
    ]);
  });

  it('N18 names the guard that answers false, at once or later', async () => {
    await start();
    expect(await reportOn('/false', 'never')).toEqual([
      { code: 'FORBIDDEN', event: 'never', rule: 'guard FalseGuard', count: 1 },
    ]);
    events.length = 0;
    expect(await reportOn('/late', 'later')).toEqual([
      { code: 'FORBIDDEN', event: 'later', rule: 'guard LateGuard', count: 1 },
    ]);
  });

  it('N18 names the throttler', async () => {
    await start({}, { module: { throttlers: [{ name: 'burst', limit: 3, ttl: 1000 }] } });
    expect(await reportOn('/rights', 'dear', 'dear', 'kick', 'kick')).toEqual([
      { code: 'RATE_LIMITED', event: 'dear', rule: 'throttler default', count: 1 },
      { code: 'FORBIDDEN', event: 'kick', rule: 'role admin or root', count: 1 },
      { code: 'RATE_LIMITED', event: 'kick', rule: 'throttler burst', count: 1 },
    ]);
  });

  it('N18 names the budget of frames', async () => {
    await start({ frameBurst: 1, frameRate: 1 });
    const client = await TestClient.connect(`${running.url}/ws`, { token: await mintToken() });
    client.send({ event: 'echo', data: { text: 'a' } });
    client.send({ event: 'echo', data: { text: 'b' } });
    while ((await client.next()).event !== 'exception');
    clock.advance(10_100);
    expect(refusals()).toEqual([{ code: 'RATE_LIMITED', rule: 'frame budget', count: 1 }]);
    await client.close();
  });
});
