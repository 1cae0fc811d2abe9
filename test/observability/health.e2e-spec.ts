import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { SubscribeMessage } from '@nestjs/websockets';
import {
  type PartHealth,
  SecureGateway,
  TokenVerifier,
  WsHealth,
  type WsSecurityOptions,
} from 'nestjs-ws-security';
import { EchoGateway } from '../support/echo.gateway.js';
import { eventually } from '../support/eventually.js';
import { IdentityProvider } from '../support/identity-provider.js';
import { ManualClock } from '../support/manual-clock.js';
import { signingKey } from '../support/signing-keys.js';
import { type AppOptions, type RunningApp, startApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';

const FRESH_MS = 600_000;
const RETRY_MS = 2000;

/** A shutdown waits for its answer. */
@SecureGateway({ path: '/held' })
class HeldGateway {
  static release: () => void = () => undefined;

  @SubscribeMessage('hold')
  hold(): Promise<boolean> {
    return new Promise((resolve) => (HeldGateway.release = () => resolve(true)));
  }
}

let clock: ManualClock;
let running: RunningApp;
let health: WsHealth;

async function start(options: WsSecurityOptions = {}, further: Partial<AppOptions> = {}): Promise<void> {
  clock = new ManualClock();
  running = await startApp({ gateways: [EchoGateway, HeldGateway], clock, options, ...further });
  health = running.app.get(WsHealth);
}

const connect = async (path = '/ws'): Promise<TestClient> =>
  TestClient.connect(running.url + path, { token: await mintToken() });

/** A client whose request holds up the shutdown. */
async function connectHeld(): Promise<TestClient> {
  const client = await connect('/held');
  client.send({ event: 'hold', id: 1 });
  client.send({ event: 'nothing', id: 2 });
  // Messages are read in order.
  expect(await client.next()).toMatchObject({ id: 2, data: { code: 'UNKNOWN_EVENT' } });
  return client;
}

const expectDraining = async (): Promise<void> =>
  expect((await TestClient.refused(`${running.url}/ws`, { token: await mintToken() })).body).toMatchObject({
    code: 'DRAINING',
  });

/** Asks as a probe does, until the answer is this one. */
const becomes = (status: string): Promise<void> =>
  eventually(async () => Promise.resolve(expect(health.readiness().status).toBe(status)));

afterEach(async () => {
  const closed = running.close();
  await clock.advanceUntil(closed);
  await closed;
});

it('is live and ready while it listens', async () => {
  await start();
  expect(health.isLive()).toBe(true);
  expect(health.readiness()).toEqual({ status: 'ready', reasons: [] });
  // Terminus 11 has no other status, and its types do not accept one.
  const result: Record<'websockets', { status: 'up' | 'down' }> = health.check('websockets');
  expect(result).toEqual({ websockets: { status: 'up' } });
});

it('is not ready before it listens', async () => {
  const seen: unknown[] = [];
  @Injectable()
  class Early implements OnApplicationBootstrap {
    constructor(private readonly own: WsHealth) {}

    onApplicationBootstrap(): void {
      seen.push(this.own.readiness(), this.own.check('websockets'));
    }
  }
  await start({}, { providers: [Early] });
  const reasons = ['not-listening'];
  expect(seen).toEqual([{ status: 'not-ready', reasons }, { websockets: { status: 'down', reasons } }]);
});

it('is degraded when more than nine tenths of its connections are taken', async () => {
  await start({ maxConnections: 10, maxConnectionsPerUser: 10 });
  for (let i = 0; i < 9; i++) await connect();
  expect(health.readiness().status).toBe('ready');
  await connect();
  const reasons = ['connections'];
  expect(health.readiness()).toEqual({ status: 'degraded', reasons });
  expect(health.check('ws')).toEqual({ ws: { status: 'up', degraded: true, reasons } });
  expect(health.check('ws', { degraded: true })).toEqual({ ws: { status: 'degraded', reasons } });
});

describe('S8 WS_DRAIN_DELAY_MS', () => {
  const DELAY_MS = 5000;

  it('readiness falls at once, and clients are accepted until the delay has passed', async () => {
    await start({ drainDelayMs: DELAY_MS });
    const early = await connectHeld();
    const closed = running.close();
    await becomes('not-ready');
    expect(health.readiness().reasons).toEqual(['draining']);
    expect(health.isLive()).toBe(true);
    clock.advance(DELAY_MS - 1);
    const late = await connect();
    expect(await late.request('echo', { text: 'hi' })).toMatchObject({ data: { text: 'hi' } });

    // Nothing runs early, and at most a tick of the wheel late.
    clock.advance(101);
    expect((await late.closed).code).toBe(1012);
    await expectDraining();
    HeldGateway.release();
    expect((await early.closed).code).toBe(1012);
    await closed;
  });

  it('without it, handshakes are refused at once', async () => {
    await start();
    const held = await connectHeld();
    const closed = running.close();
    await expectDraining();
    expect(health.readiness()).toEqual({ status: 'not-ready', reasons: ['draining'] });
    HeldGateway.release();
    expect((await held.closed).code).toBe(1012);
    await closed;
  });
});

describe('with the keys of a provider', () => {
  let provider: IdentityProvider;

  beforeEach(async () => {
    provider = await IdentityProvider.start();
    provider.keys = [signingKey('EC').jwk('1')];
  });

  afterEach(() => provider.close().catch(() => undefined));

  it('is ready when it has had keys once, and fetches them when it is asked', async () => {
    await start({ jwtSecret: undefined, jwtJwksUri: `${provider.issuer}/jwks` });
    expect(health.readiness()).toEqual({ status: 'not-ready', reasons: ['verifier'] });
    await becomes('ready');
    expect(provider.count('/jwks')).toBe(1);
  });

  it('is degraded while the provider fails, asks it again, and stays ready otherwise', async () => {
    await start({ jwtSecret: undefined, jwtJwksUri: `${provider.issuer}/jwks` });
    await becomes('ready');
    const port = await provider.stop();
    clock.advance(FRESH_MS);
    await becomes('degraded');
    expect(health.readiness().reasons).toEqual(['verifier']);
    await provider.restart(port);
    clock.advance(RETRY_MS);
    await becomes('ready');
  });

  it('does not ask a provider that fails more than once in two seconds', async () => {
    provider.answers.set('/jwks', (response) => response.writeHead(500).end());
    await start({ jwtSecret: undefined, jwtJwksUri: `${provider.issuer}/jwks` });
    const asked = provider.nextRequest('/jwks');
    for (let i = 0; i < 5; i++) expect(health.readiness().status).toBe('not-ready');
    await asked;
    for (let i = 0; i < 5; i++) {
      await new Promise((resolve) => setImmediate(resolve));
      expect(health.readiness().status).toBe('not-ready');
    }
    expect(provider.count('/jwks')).toBe(1);
  });
});

describe('with a verifier of the application', () => {
  const startWith = (ask: () => PartHealth): Promise<void> => {
    class OwnVerifier extends TokenVerifier {
      override verify(): Promise<never> {
        return Promise.reject(new Error('not used'));
      }

      override health = ask;
    }
    return start({}, { module: { providers: [{ provide: TokenVerifier, useClass: OwnVerifier }] } });
  };

  it('asks it', async () => {
    await startWith(() => 'degraded');
    expect(health.readiness()).toEqual({ status: 'degraded', reasons: ['verifier'] });
  });

  it('is not ready if it fails', async () => {
    await startWith(() => {
      throw new Error('broken');
    });
    expect(health.readiness()).toEqual({ status: 'not-ready', reasons: ['verifier'] });
  });
});
