import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SubscribeMessage } from '@nestjs/websockets';
import { CurrentPrincipal, type Principal, SecureGateway, type WsSecurityOptions } from 'nestjs-ws-security';
import { CertificateAuthority } from '../support/certificate-authority.js';
import { ManualClock } from '../support/manual-clock.js';
import { type Client, OpenidProvider, privateJwk } from '../support/openid-provider.js';
import { ownPort } from '../support/own-port.js';
import { Service } from '../support/service.js';
import { startApp, type RunningApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';

@SecureGateway({ path: '/ws' })
class WhoGateway {
  @SubscribeMessage('who')
  who(@CurrentPrincipal() { id, issuer, kind, roles, scopes }: Principal): object {
    return { id, issuer, kind, roles, scopes };
  }
}

const ROBOT: Client = { id: 'robot', secret: 'canary-secret-of-the-robot' };
const NOBODY: Client = { id: 'nobody', secret: 'canary-secret-of-nobody' };
const CHAT: Client = { id: 'chat', secret: 'canary-secret-of-the-chat' };
const clients = [ROBOT, NOBODY, CHAT];
const JWKS = '/jwks';
/** Long enough for a provider on a slow machine. Another test covers a provider that hangs. */
const PATIENCE_MS = 60_000;

const first = privateJwk('first');
const second = privateJwk('second');

/** Of all tests that leave it as it was. */
let shared: OpenidProvider;
/** Of the test that changes its keys. To the other tests it is another provider. */
let rotating: OpenidProvider;
let provider: OpenidProvider;
let running: RunningApp | undefined;
let clock: ManualClock;

beforeAll(async () => {
  [shared, rotating] = await Promise.all([startProvider(), startProvider()]);
});

afterAll(() => Promise.all([shared.kill(), rotating.kill()]));

beforeEach(() => {
  provider = shared;
  clock = new ManualClock();
});

afterEach(async () => {
  await running?.close();
  running = undefined;
  if (provider !== shared && provider !== rotating) await provider.kill();
});

/** @param port default: a free one */
function startProvider(port = 0): Promise<OpenidProvider> {
  return OpenidProvider.start({ keys: [first], clients, port });
}

async function start(options: WsSecurityOptions): Promise<void> {
  running = await startApp({
    gateways: [WhoGateway],
    clock,
    options: {
      jwtSecret: undefined,
      jwtAudience: 'chat',
      authTimeoutMs: PATIENCE_MS,
      maxConnectionsPerUser: 1000,
      heartbeatIntervalMs: 86_400_000,
      sessionMaxAgeMs: 0,
      ...options,
    },
  });
}

const byKeys = (issuer = provider.issuer): WsSecurityOptions => ({ oidcIssuer: issuer, jwtType: 'at+jwt' });
const byAsking = (more: WsSecurityOptions = {}, issuer = provider.issuer): WsSecurityOptions => ({
  jwtIssuer: issuer,
  introspectionUrl: `${issuer}/token/introspection`,
  introspectionClientId: CHAT.id,
  introspectionClientSecret: CHAT.secret,
  ...more,
});

const url = () => `${(running as RunningApp).url}/ws`;
const connect = (token: string) => TestClient.connect(url(), { token });
const refused = (token: string) => TestClient.refused(url(), { token });
const accepted = async (token: string): Promise<void> => (await connect(token)).close();
const WRONG = { status: 401, body: { code: 'UNAUTHENTICATED' } };
const UNAVAILABLE = {
  status: 503,
  body: { code: 'AUTH_UNAVAILABLE' },
  headers: { 'retry-after': expect.stringMatching(/^[1-9]\d*$/) as string },
};

describe('JWTs of an OpenID provider', () => {
  it('N7 N8 are accepted with the keys from discovery', async () => {
    await start(byKeys());
    const client = await connect(await provider.token(ROBOT, 'urn:chat'));
    expect(await client.request('who')).toMatchObject({
      data: {
        id: 'robot',
        issuer: provider.issuer,
        kind: 'token',
        roles: ['robot'],
        scopes: ['chat:read', 'chat:write'],
      },
    });
    await client.close();
  });

  it('N7 are refused when they are for another service, from another provider, or tampered with', async () => {
    await start(byKeys());
    const good = await provider.token(ROBOT, 'urn:chat');
    const [header, payload, signature] = good.split('.') as [string, string, string];
    const [, another] = (await provider.token(CHAT, 'urn:chat')).split('.') as [string, string];
    expect(await refused(await provider.token(ROBOT, 'urn:mail'))).toMatchObject(WRONG);
    expect(await refused(await rotating.token(ROBOT, 'urn:chat'))).toMatchObject(WRONG);
    expect(await refused([header, another, signature].join('.'))).toMatchObject(WRONG);
    expect(await refused(await provider.token(ROBOT, 'urn:chat:opaque'))).toMatchObject(WRONG);
    await accepted([header, payload, signature].join('.'));
  });

  it('C4 N5 keep open connections when the keys rotate', async () => {
    provider = rotating;
    await start(byKeys());
    const old = await provider.token(ROBOT, 'urn:chat');
    const client = await connect(old);
    await provider.rotate([second, first]);
    const fresh = await provider.token(ROBOT, 'urn:chat');
    const flood = () => Promise.all(Array.from({ length: 20 }, () => refused(fresh)));
    for (const refusal of await flood()) expect(refusal).toMatchObject(WRONG);
    clock.advance(29_999);
    await flood();
    expect(await provider.count(JWKS)).toBe(1);
    clock.advance(1);
    await Promise.all([accepted(fresh), accepted(fresh), accepted(old)]);
    expect(await provider.count(JWKS)).toBe(2);

    await provider.rotate([second]);
    clock.advance(599_999);
    await accepted(old);
    expect(await provider.count(JWKS)).toBe(2);
    clock.advance(1);
    expect(await refused(old)).toMatchObject(WRONG);
    await accepted(fresh);
    expect(await provider.count(JWKS)).toBe(3);
    expect(await client.request('who')).toMatchObject({ data: { id: 'robot' } });
    await client.close();
  });
});

describe('opaque tokens of an OpenID provider', () => {
  const opaque = (client = ROBOT) => provider.token(client, 'urn:chat:opaque');

  it('N14 are accepted with the provider’s introspection response', async () => {
    await start(byAsking());
    const client = await connect(await opaque());
    expect(await client.request('who')).toMatchObject({
      data: {
        id: 'robot',
        issuer: provider.issuer,
        kind: 'token',
        roles: ['robot'],
        scopes: ['chat:read', 'chat:write'],
      },
    });
    await client.close();
  });

  it('N14 are refused once the provider has revoked them, at most 5 s later', async () => {
    await start(byAsking());
    const [token, other] = [await opaque(), await opaque()];
    await accepted(token);
    await provider.revoke(ROBOT, token);
    clock.advance(5000);
    expect(await refused(token)).toMatchObject(WRONG);
    await accepted(other);
  });

  it('N7 N14 are refused when unknown, for another service, from another issuer, or without a subject', async () => {
    await start(byAsking());
    expect(await refused('canary-unknown')).toMatchObject(WRONG);
    expect(await refused(await provider.token(ROBOT, 'urn:mail:opaque'))).toMatchObject(WRONG);
    expect(await refused(await opaque(NOBODY))).toMatchObject(WRONG);
    await running?.close();
    await start(byAsking({ jwtIssuer: `${provider.issuer}/` }));
    expect(await refused(await opaque())).toMatchObject(WRONG);
  });

  it('N14 cannot be verified by a service that the provider does not know', async () => {
    await start(byAsking({ introspectionClientSecret: 'canary-wrong' }));
    expect(await refused(await opaque())).toMatchObject(UNAVAILABLE);
  });
});

it('N14 get 503 while the provider is down, and are verified again when it is back', async () => {
  const port = await ownPort();
  const issuer = `http://localhost:${port}`;
  const restart = async () => (provider = await startProvider(port));
  await start({ ...byKeys(issuer), ...byAsking({}, issuer) });
  const tokens = async () => ({
    jwt: await provider.token(ROBOT, 'urn:chat'),
    opaque: await provider.token(ROBOT, 'urn:chat:opaque'),
  });

  await restart();
  expect(provider.issuer).toBe(issuer);
  const early = await tokens();
  await provider.kill();
  expect(await refused(early.jwt)).toMatchObject(UNAVAILABLE);
  expect(await refused(early.opaque)).toMatchObject(UNAVAILABLE);

  // The restarted provider does not know the token, but it has the same keys.
  await restart();
  const { jwt, opaque } = await tokens();
  clock.advance(2000);
  await Promise.all([accepted(early.jwt), accepted(jwt), accepted(opaque)]);

  await provider.kill();
  clock.advance(5000);
  await Promise.all([accepted(early.jwt), accepted(jwt)]);
  expect(await refused(opaque)).toMatchObject(UNAVAILABLE);
  // Its keys stay valid for an hour after they were fetched.
  clock.advance(3_594_999);
  await accepted(jwt);
  clock.advance(1);
  expect(await refused(jwt)).toMatchObject(UNAVAILABLE);
});

it('T1 N14 are introspected over TLS in production, and only if the certificate verifies', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'oidc-'));
  const ca = await CertificateAuthority.create();
  const caFile = join(folder, 'ca.pem');
  writeFileSync(caFile, ca.cert);
  const { cert, key } = await ca.issue({ dns: ['localhost'] });
  const secure = await OpenidProvider.start({ keys: [first], clients, tls: { cert, key } });
  const jwt = await secure.token(ROBOT, 'urn:chat', ca.cert);
  const opaque = await secure.token(ROBOT, 'urn:chat:opaque', ca.cert);
  const env = {
    NODE_ENV: 'production',
    WS_AUTH_TIMEOUT_MS: String(PATIENCE_MS),
    WS_OIDC_ISSUER: secure.issuer,
    WS_JWT_AUDIENCE: 'chat',
    WS_INTROSPECTION_URL: `${secure.issuer}/token/introspection`,
    WS_INTROSPECTION_CLIENT_ID: CHAT.id,
    WS_INTROSPECTION_CLIENT_SECRET: CHAT.secret,
  };
  const outcomes = async (service: { url: string }) => {
    const socket = `${service.url.replace('https:', 'wss:')}/ws`;
    const one = async (token: string): Promise<number> => {
      const client = await TestClient.connect(socket, { token }).catch((error: Error) => error);
      if (client instanceof Error) return Number(/refused with (\d+)/.exec(client.message)?.[1]);
      await client.close();
      return 101;
    };
    return [await one(jwt), await one(opaque)];
  };
  const trusting = await Service.start({ ...env, NODE_EXTRA_CA_CERTS: caFile });
  const wary = await Service.start(env);
  try {
    expect(await outcomes(trusting)).toEqual([101, 101]);
    expect(await outcomes(wary)).toEqual([503, 503]);
    for (const { stdout, stderr } of [trusting, wary]) expect(stdout + stderr).not.toContain('canary');
  } finally {
    await Promise.all([trusting.stop(), wary.stop(), secure.kill()]);
    rmSync(folder, { recursive: true });
  }
}, 120_000);
