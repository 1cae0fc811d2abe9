import { SecurityEvents, type SecurityEvent, type WsSecurityOptions } from 'nestjs-ws-security';
import { EchoGateway } from '../support/echo.gateway.js';
import { IdentityProvider, json, redirect, text } from '../support/identity-provider.js';
import { ManualClock } from '../support/manual-clock.js';
import { MetricsOf } from '../support/metrics-of.js';
import { type Client, OpenidProvider, privateJwk } from '../support/openid-provider.js';
import { goodClaims, signed, signingKey } from '../support/signing-keys.js';
import { type RunningApp, startApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';

/** A request to a provider may take so long: 0.8 of the deadline, with discovery 0.4. */
const PATIENCE_MS = 400;
const FRESH_MS = 600_000;
const RETRY_MS = 2000;
const JWKS = '/jwks';
const DISCOVERY = '/.well-known/openid-configuration';
const INTROSPECTION = '/introspect';

let running: RunningApp;
let clock: ManualClock;
let metrics: MetricsOf;
let told: SecurityEvent[];

afterEach(() => running.close());

async function start(options: WsSecurityOptions): Promise<void> {
  clock = new ManualClock();
  told = [];
  running = await startApp({
    gateways: [EchoGateway],
    clock,
    options: {
      jwtSecret: undefined,
      authTimeoutMs: 500,
      maxConnectionsPerUser: 1000,
      heartbeatIntervalMs: 86_400_000,
      ...options,
    },
  });
  metrics = new MetricsOf(running.app);
  running.app.get(SecurityEvents).events.subscribe((event) => {
    if (/^(verifier|keys)\./.test(event.type)) told.push(event);
  });
}

/** The events since the last call. */
const news = (): SecurityEvent[] => told.splice(0);

/** 101, or the code of the refusal. */
async function knock(token: string): Promise<unknown> {
  const client = await TestClient.connect(`${running.url}/ws`, { token }).catch(() => undefined);
  if (!client) return (await TestClient.refused(`${running.url}/ws`, { token })).code;
  await client.close();
  return 101;
}

const isUp = (verifier: string): number => metrics.value('ws_security_verifier_up', { verifier });
const unavailable = (): number =>
  metrics.value('ws_security_authentications_total', { outcome: 'unavailable' });

type Fault = [reason: string, answer: () => ReturnType<typeof json>];

const FAULTS: Fault[] = [
  ['status 500', () => json({ keys: [], active: true }, 500)],
  ['status 201', () => json({ keys: [], active: true }, 201)],
  [`no answer within ${PATIENCE_MS} ms`, () => () => clock.advance(PATIENCE_MS)],
  ['the request failed', () => redirect('http://127.0.0.1/elsewhere')],
  ['the request failed (UND_ERR_SOCKET)', () => (response) => response.destroy()],
  ['not JSON', () => text('{"active":"canary-answer')],
  ['not UTF-8', () => (response) => response.writeHead(200).end(Buffer.from([0x22, 0xff, 0x22]))],
  ['not a JSON object', () => json(['canary-answer'])],
  ['too long', () => json({ padding: 'x'.repeat(300_000) })],
];

describe('L7 O1 a provider with faulty answers', () => {
  const key = signingKey('EC');
  const token = () => signed(key, goodClaims({ exp: Math.floor(Date.now() / 1000) + 86_400 }), { kid: '1' });
  let provider: IdentityProvider;

  beforeEach(async () => {
    provider = await IdentityProvider.start();
    provider.keys = [key.jwk('1')];
  });

  afterEach(() => provider.close());

  /** Each fault is told once, with its reason and where it is, and so is its end. */
  async function tellsEach(
    faults: readonly Fault[],
    { verifier, path, target }: { verifier: string; path: string; target: string },
    good: string,
  ): Promise<void> {
    for (const [reason, answer] of faults) {
      provider.answers.set(path, answer());
      const before = unavailable();
      expect([reason, await knock(good), await knock(good)]).toEqual([
        reason,
        'AUTH_UNAVAILABLE',
        'AUTH_UNAVAILABLE',
      ]);
      // Each refusal is asked for again, to read its code.
      expect(unavailable() - before).toBe(4);
      expect(isUp(verifier)).toBe(0);
      expect(news()).toMatchObject([
        { type: 'verifier.unavailable', verifier, target, reason, severity: 'error', outcome: 'failure' },
      ]);
      provider.answers.clear();
      clock.advance(RETRY_MS);
      expect(await knock(good)).toBe(101);
      expect(isUp(verifier)).toBe(1);
      const [recovered, ...more] = news();
      expect(recovered).toMatchObject({ type: 'verifier.recovered', verifier, target, severity: 'info' });
      expect((recovered as { duration_ms: number }).duration_ms).toBeGreaterThanOrEqual(RETRY_MS);
      expect(more).toEqual([]);
    }
  }

  it('of keys is told, before it has ever answered', async () => {
    const target = `${provider.issuer}${JWKS}`;
    for (const fault of [
      ...FAULTS,
      ['not a JWK set', () => json({ keys: {} })],
      ['no usable key', () => json({ keys: [] })],
      [
        'no usable key',
        () =>
          json({
            keys: [
              { kty: 'oct', k: 'Y2FuYXJ5' },
              { kty: 'RSA', n: 'AQAB', e: 'AQAB' },
            ],
          }),
      ],
    ] satisfies Fault[]) {
      await start({ jwtJwksUri: target });
      await tellsEach([fault], { verifier: 'jwks', path: JWKS, target }, await token());
      await running.close();
    }
  });

  it('of keys is told while the known ones are still used', async () => {
    const target = `${provider.issuer}${JWKS}`;
    await start({ jwtJwksUri: target });
    const good = await token();
    expect(await knock(good)).toBe(101);
    provider.answers.set(JWKS, json({}, 502));
    clock.advance(FRESH_MS);
    expect(await knock(good)).toBe(101);
    expect(isUp('jwks')).toBe(1);
    expect(metrics.value('ws_security_keys_age_seconds', { verifier: 'jwks' })).toBe(FRESH_MS / 1000);
    expect(news()).toMatchObject([{ type: 'verifier.unavailable', verifier: 'jwks', reason: 'status 502' }]);
    provider.answers.clear();
    clock.advance(RETRY_MS);
    expect(await knock(good)).toBe(101);
    expect(news()).toMatchObject([{ type: 'verifier.recovered', duration_ms: RETRY_MS }]);
    expect(metrics.value('ws_security_keys_age_seconds', { verifier: 'jwks' })).toBe(0);
  });

  it('C4 keys that are withdrawn are used no longer, even if there are no others', async () => {
    await start({ jwtJwksUri: `${provider.issuer}${JWKS}` });
    const good = await token();
    expect(await knock(good)).toBe(101);
    provider.keys = [];
    clock.advance(FRESH_MS);
    expect(await knock(good)).toBe('AUTH_UNAVAILABLE');
    expect(news()).toMatchObject([
      { type: 'keys.rotated', verifier: 'jwks', keys: 0 },
      { type: 'verifier.unavailable', verifier: 'jwks', reason: 'no usable key' },
    ]);
    expect(isUp('jwks')).toBe(0);
    provider.keys = [key.jwk('1')];
    clock.advance(RETRY_MS);
    expect(await knock(good)).toBe(101);
    expect(news()).toMatchObject([{ type: 'verifier.recovered' }]);
  });

  it('of discovery is told', async () => {
    await start({ oidcIssuer: provider.issuer });
    const good = await signed(key, goodClaims({ iss: provider.issuer }), { kid: '1' });
    // Both requests of discovery share the time.
    const slow = `no answer within ${PATIENCE_MS / 2} ms`;
    const faults = FAULTS.map(([reason, answer]): Fault => [
      reason.startsWith('no answer') ? slow : reason,
      answer,
    ]);
    faults.push(
      ['the metadata names another issuer', () => json({ issuer: 'https://evil.test', jwks_uri: 'canary' })],
      ['the metadata has no usable jwks_uri', () => json({ issuer: provider.issuer, jwks_uri: 'canary' })],
    );
    for (const fault of faults) {
      await tellsEach([fault], { verifier: 'oidc', path: DISCOVERY, target: provider.issuer }, good);
      await running.close();
      await start({ oidcIssuer: provider.issuer });
    }
  });

  it('of introspection is told', async () => {
    const target = `${provider.issuer}${INTROSPECTION}`;
    await start({
      introspectionUrl: target,
      introspectionClientId: 'chat',
      introspectionClientSecret: 'canary',
    });
    provider.tokens.set('opaque', { active: true, sub: 'alice' });
    for (const fault of FAULTS) {
      await tellsEach([fault], { verifier: 'introspection', path: INTROSPECTION, target }, 'opaque');
      // The answer about a token is used for 5 s.
      clock.advance(5000);
    }
    provider.answers.set(INTROSPECTION, json({ sub: 'alice' }));
    expect(await knock('opaque')).toBe('UNAUTHENTICATED');
    expect(isUp('introspection')).toBe(0);
    expect(news()).toMatchObject([
      { type: 'verifier.unavailable', verifier: 'introspection', reason: 'active is not a boolean' },
    ]);
    provider.answers.clear();
    expect(await knock('unknown')).toBe('UNAUTHENTICATED');
    expect(news()).toMatchObject([{ type: 'verifier.recovered', verifier: 'introspection' }]);
    expect(isUp('introspection')).toBe(1);
  });

  it('is told apart from another one that works', async () => {
    const other = await IdentityProvider.start();
    const second = signingKey('EC', 'other issuer');
    other.keys = [second.jwk('1')];
    await start({ oidcIssuer: [provider.issuer, other.issuer] });
    const [lost, good] = await Promise.all([
      signed(key, goodClaims({ iss: provider.issuer }), { kid: '1' }),
      signed(second, goodClaims({ iss: other.issuer }), { kid: '1' }),
    ]);
    provider.answers.set(DISCOVERY, json({}, 503));
    for (let n = 0; n < 3; n++) {
      expect(await knock(lost)).toBe('AUTH_UNAVAILABLE');
      expect(await knock(good)).toBe(101);
      clock.advance(FRESH_MS);
    }
    expect(news()).toMatchObject([
      { type: 'verifier.unavailable', target: provider.issuer, reason: 'status 503' },
    ]);
    expect(isUp('oidc')).toBe(0);
    await other.close();
  });
});

describe('L7 O1 an OpenID provider', () => {
  const ROBOT: Client = { id: 'robot', secret: 'canary-secret-of-the-robot' };
  const CHAT: Client = { id: 'chat', secret: 'canary-secret-of-the-chat' };
  const [first, second] = [privateJwk('first'), privateJwk('second')];
  const clients = [ROBOT, CHAT];
  let provider: OpenidProvider;

  beforeAll(async () => {
    provider = await OpenidProvider.start({ keys: [first], clients });
  });

  afterAll(() => provider.kill());

  it('that is down, is back and rotates its keys is told', async () => {
    const { port, issuer } = provider;
    await start({ oidcIssuer: issuer, jwtAudience: 'chat', authTimeoutMs: 60_000 });
    const token = await provider.token(ROBOT, 'urn:chat');
    await provider.kill();
    for (let n = 0; n < 5; n++) expect(await knock(token)).toBe('AUTH_UNAVAILABLE');
    expect(isUp('oidc')).toBe(0);
    provider = await OpenidProvider.start({ keys: [first], clients, port });
    clock.advance(RETRY_MS);
    expect(await knock(token)).toBe(101);
    expect(isUp('oidc')).toBe(1);
    expect(news()).toMatchObject([
      {
        type: 'verifier.unavailable',
        verifier: 'oidc',
        target: issuer,
        reason: 'the request failed (ECONNREFUSED)',
      },
      { type: 'verifier.recovered', verifier: 'oidc', target: issuer, duration_ms: RETRY_MS },
    ]);

    await provider.rotate([second, first]);
    const fresh = await provider.token(ROBOT, 'urn:chat');
    clock.advance(30_000);
    expect(await knock(fresh)).toBe(101);
    expect(news()).toMatchObject([{ type: 'keys.rotated', verifier: 'oidc', target: issuer, keys: 2 }]);
    clock.advance(FRESH_MS);
    expect(await knock(fresh)).toBe(101);
    expect(news()).toEqual([]);
    expect(metrics.value('ws_security_events_total', { type: 'keys.rotated' })).toBe(1);
  });

  it('that cannot be asked about a token is told', async () => {
    const { port, issuer } = provider;
    await start({
      jwtIssuer: issuer,
      jwtAudience: 'chat',
      introspectionUrl: `${issuer}/token/introspection`,
      introspectionClientId: CHAT.id,
      introspectionClientSecret: 'canary-wrong-secret',
      authTimeoutMs: 60_000,
    });
    const token = await provider.token(ROBOT, 'urn:chat:opaque');
    expect(await knock(token)).toBe('AUTH_UNAVAILABLE');
    expect(news()).toMatchObject([
      { type: 'verifier.unavailable', verifier: 'introspection', reason: 'status 401' },
    ]);
    await running.close();
    await start({
      jwtIssuer: issuer,
      jwtAudience: 'chat',
      introspectionUrl: `${issuer}/token/introspection`,
      introspectionClientId: CHAT.id,
      introspectionClientSecret: CHAT.secret,
      authTimeoutMs: 60_000,
    });
    expect(await knock(token)).toBe(101);
    await provider.kill();
    clock.advance(5000);
    expect(await knock(token)).toBe('AUTH_UNAVAILABLE');
    provider = await OpenidProvider.start({ keys: [first], clients, port });
    // It has forgotten the token, but it answers.
    expect(await knock(token)).toBe('UNAUTHENTICATED');
    expect(news()).toMatchObject([
      {
        type: 'verifier.unavailable',
        verifier: 'introspection',
        reason: expect.stringMatching(/^the request failed/) as string,
      },
      { type: 'verifier.recovered', verifier: 'introspection' },
    ]);
    expect(isUp('introspection')).toBe(1);
  });
});
