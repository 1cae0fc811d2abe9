import type { ServerResponse } from 'node:http';
import type { WsSecurityOptions } from 'nestjs-ws-security';
import { EchoGateway } from '../support/echo.gateway.js';
import { hang, IdentityProvider, json, redirect, text } from '../support/identity-provider.js';
import { ManualClock } from '../support/manual-clock.js';
import { rawHandshake, requestText } from '../support/raw-handshake.js';
import { sharedApps } from '../support/shared-apps.js';
import { AUDIENCE, goodClaims, ISSUER, signed, signingKey } from '../support/signing-keys.js';
import { startApp, type RunningApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken, SECRET } from '../support/tokens.js';

/** The time limit for a provider's response. */
const PROVIDER_MS = 400;
const DISCOVERY = '/.well-known/openid-configuration';

let provider: IdentityProvider;
let running: RunningApp;
let clock: ManualClock;
/** The application of a test that shares none. */
let own: RunningApp | undefined;

beforeAll(async () => {
  provider = await IdentityProvider.start();
});

afterAll(() => provider.close());

afterEach(async () => {
  await own?.close();
  own = undefined;
  provider.forget();
});

const OPTIONS: WsSecurityOptions = {
  jwtSecret: undefined,
  authTimeoutMs: 500,
  maxConnectionsPerUser: 1000,
  heartbeatIntervalMs: 86_400_000,
};

async function start(options: WsSecurityOptions): Promise<void> {
  clock = new ManualClock();
  own = await startApp({ gateways: [EchoGateway], clock, options: { ...OPTIONS, ...options } });
  running = own;
}

/** The codes of the answers to a token in the header and in the subprotocol. */
async function codesOf(token: string): Promise<(string | number)[]> {
  const sources = [
    { Authorization: `Bearer ${token}` },
    { 'Sec-WebSocket-Protocol': `chat, bearer.${token}` },
  ];
  const answers = await Promise.all(
    sources.map((headers) => rawHandshake(running.port, requestText('/ws', headers))),
  );
  return answers.map(({ status, body }) =>
    status === 101 ? 101 : (JSON.parse(body) as { code: string }).code,
  );
}

const both = (code: string | number) => [code, code];
const UNAVAILABLE = both('AUTH_UNAVAILABLE');
const WRONG = both('UNAUTHENTICATED');
const GOOD = both(101);

/** Faulty responses of a provider. */
const FAULTS: [name: string, answer: () => ReturnType<typeof json>][] = [
  ['500', () => json({ active: true, sub: 'alice', keys: [] }, 500)],
  ['201', () => json({ active: true, sub: 'alice', keys: [] }, 201)],
  ['a missing response', () => () => clock.advance(PROVIDER_MS)],
  ['a response that never ends', () => (response) => drip(response.writeHead(200))],
  ['a redirect', () => redirect(`${provider.issuer}/elsewhere`)],
  ['text', () => text('{"active":true')],
  ['a list', () => json([{ active: true, sub: 'alice' }])],
  ['null', () => json(null)],
  ['megabytes', () => json({ active: true, sub: 'alice', keys: [], padding: 'x'.repeat(2_000_000) })],
];

/** Sends a byte every ten milliseconds while the client is connected. */
function drip(response: ServerResponse): void {
  if (response.destroyed) return;
  response.write(' ');
  clock.advance(10);
  setImmediate(drip, response);
}

describe('a JWK set', () => {
  const [first, second] = [signingKey('EC'), signingKey('Ed25519')];
  const token = (key = first, kid = '1') => signed(key, goodClaims(), { kid });
  const startWithKeys = () => start({ jwtJwksUri: `${provider.issuer}/jwks` });

  beforeEach(() => (provider.keys = [first.jwk('1')]));

  it('is fetched when the first token comes, once for many tokens', async () => {
    await startWithKeys();
    expect(provider.requests).toHaveLength(0);
    const tokens = await Promise.all(Array.from({ length: 20 }, () => token()));
    expect(await Promise.all(tokens.map(codesOf))).toEqual(tokens.map(() => GOOD));
    expect(provider.count('/jwks')).toBe(1);
  });

  it('C4 rotates while connections stay open', async () => {
    await startWithKeys();
    const client = await TestClient.connect(`${running.url}/ws`, { token: await token() });
    provider.keys = [first.jwk('1'), second.jwk('2')];
    clock.advance(30_000);
    expect(await codesOf(await token(second, '2'))).toEqual(GOOD);
    provider.keys = [second.jwk('2')];
    clock.advance(600_000);
    expect(await codesOf(await token())).toEqual(WRONG);
    expect(await client.request('echo', { text: 'still here' })).toMatchObject({
      data: { text: 'still here' },
    });
    await client.close();
  });

  it('C4 a verified token is refused once its key is withdrawn', async () => {
    await startWithKeys();
    const early = await token();
    expect([await codesOf(early), await codesOf(early)]).toEqual([GOOD, GOOD]);
    provider.keys = [second.jwk('2')];
    clock.advance(600_000);
    expect(await codesOf(early)).toEqual(WRONG);
    provider.keys = [signingKey('EC', 'stranger').jwk('1')];
    clock.advance(600_000);
    expect(await codesOf(early)).toEqual(WRONG);
  });

  it('N5 is fetched for unknown kids at most once in 30 s', async () => {
    await startWithKeys();
    expect(await codesOf(await token())).toEqual(GOOD);
    const flood = async () => {
      const tokens = await Promise.all(Array.from({ length: 50 }, (_, i) => token(second, `unknown-${i}`)));
      expect(await Promise.all(tokens.map(codesOf))).toEqual(tokens.map(() => WRONG));
    };
    await flood();
    clock.advance(29_999);
    await flood();
    expect(provider.count('/jwks')).toBe(1);
    clock.advance(1);
    await flood();
    expect(provider.count('/jwks')).toBe(2);
    clock.advance(29_999);
    await flood();
    expect(provider.count('/jwks')).toBe(2);
  });

  it('N5 N7 is not fetched for a token with another issuer or algorithm', async () => {
    await start({ jwtJwksUri: `${provider.issuer}/jwks`, jwtIssuer: ISSUER, jwtAlgorithms: ['ES256'] });
    expect(await codesOf(await signed(first, goodClaims({ iss: 'https://evil.test' })))).toEqual(WRONG);
    expect(await codesOf(await token(second, '2'))).toEqual(WRONG);
    expect(provider.requests).toHaveLength(0);
  });

  it('a token without kid is tried with every key of its type', async () => {
    const other = signingKey('EC', 'other issuer');
    provider.keys = [other.jwk('0'), first.jwk('1')];
    await startWithKeys();
    expect(await codesOf(await signed(first))).toEqual(GOOD);
    expect(await codesOf(await signed(signingKey('EC', 'stranger')))).toEqual(WRONG);
  });

  it.each(FAULTS)('N14 %s is not used as a key set, until a valid one arrives', async (_name, answer) => {
    await startWithKeys();
    provider.answers.set('/jwks', answer());
    expect(await codesOf(await token())).toEqual(UNAVAILABLE);
    provider.answers.clear();
    clock.advance(2000);
    expect(await codesOf(await token())).toEqual(GOOD);
    expect(provider.count('/elsewhere')).toBe(0);
  });

  it('may be down at the start, is fetched once in two seconds, and recovers', async () => {
    const port = await provider.stop();
    await start({ jwtJwksUri: `http://127.0.0.1:${port}/jwks` });
    expect(await codesOf(await token())).toEqual(UNAVAILABLE);
    await provider.restart(port);
    clock.advance(1999);
    expect(await codesOf(await token())).toEqual(UNAVAILABLE);
    expect(provider.count('/jwks')).toBe(0);
    clock.advance(1);
    expect(await codesOf(await token())).toEqual(GOOD);
  });

  it('stays valid for an hour while the issuer is down, but unknown keys do not', async () => {
    await startWithKeys();
    const long = await signed(first, goodClaims({ exp: Math.floor(Date.now() / 1000) + 86_400 }), {
      kid: '1',
    });
    expect(await codesOf(long)).toEqual(GOOD);
    provider.answers.set('/jwks', json({}, 500));
    clock.advance(3_599_000);
    expect(await codesOf(long)).toEqual(GOOD);
    clock.advance(30_000);
    expect(await codesOf(long)).toEqual(UNAVAILABLE);
  });
});

describe('an OpenID provider', () => {
  const key = signingKey('RSA');
  const token = (changes: Record<string, unknown> = {}) =>
    signed(key, goodClaims({ iss: provider.issuer, ...changes }), { kid: '1' });

  beforeEach(async () => {
    provider.keys = [key.jwk('1')];
    await start({ oidcIssuer: provider.issuer, jwtAudience: AUDIENCE });
  });

  it('is discovered, and only its own tokens are accepted', async () => {
    expect(provider.requests).toHaveLength(0);
    expect(await codesOf(await token())).toEqual(GOOD);
    expect(await codesOf(await token({ iss: ISSUER }))).toEqual(WRONG);
    expect(await codesOf(await token({ iss: `${provider.issuer}/` }))).toEqual(WRONG);
    expect(await codesOf(await token({ aud: 'other' }))).toEqual(WRONG);
    expect([provider.count(DISCOVERY), provider.count('/jwks')]).toEqual([1, 1]);
  });

  it.each<[string, () => unknown]>([
    ['another issuer', () => ({ issuer: `${provider.issuer}/`, jwks_uri: `${provider.issuer}/jwks` })],
    ['no issuer', () => ({ jwks_uri: `${provider.issuer}/jwks` })],
    ['no keys', () => ({ issuer: provider.issuer })],
    ['keys in a file', () => ({ issuer: provider.issuer, jwks_uri: 'file:///etc/passwd' })],
    ['keys without an absolute URL', () => ({ issuer: provider.issuer, jwks_uri: '/jwks' })],
  ])('N7 metadata with %s is refused', async (_name, metadata) => {
    provider.answers.set(DISCOVERY, json(metadata()));
    expect(await codesOf(await token())).toEqual(UNAVAILABLE);
    expect(provider.count('/jwks')).toBe(0);
  });

  it.each(FAULTS)('N14 %s is not used as metadata, until valid metadata arrives', async (_name, answer) => {
    provider.answers.set(DISCOVERY, answer());
    expect(await codesOf(await token())).toEqual(UNAVAILABLE);
    provider.answers.clear();
    expect(await codesOf(await token())).toEqual(UNAVAILABLE);
    clock.advance(2000);
    expect(await codesOf(await token())).toEqual(GOOD);
    expect(provider.count('/elsewhere')).toBe(0);
  });
});

describe('introspection', () => {
  const sharedApp = sharedApps({ gateways: [EchoGateway] });
  const startWithIntrospection = async (options: WsSecurityOptions = {}): Promise<void> => {
    const shared = await sharedApp({
      ...OPTIONS,
      introspectionUrl: `${provider.issuer}/introspect`,
      introspectionClientId: 'chat: service',
      introspectionClientSecret: 'canary+secret/%',
      ...options,
    });
    running = shared;
    clock = shared.clock;
  };
  const nowSeconds = () => Math.floor(clock.now() / 1000);

  it('N14 sends the request of RFC 7662', async () => {
    await startWithIntrospection();
    provider.tokens.set('a+b/c=', { active: true, sub: 'alice', iss: ISSUER });
    const answer = await rawHandshake(running.port, requestText('/ws', { Authorization: 'Bearer a+b/c=' }));
    expect(answer.status).toBe(101);
    // RFC 6749 §2.3.1: id and secret are form-encoded before they are joined.
    const pair = Buffer.from('chat%3A+service:canary%2Bsecret%2F%25').toString('base64');
    expect(provider.requests).toMatchObject([
      { method: 'POST', path: '/introspect', authorization: `Basic ${pair}` },
    ]);
    const [{ contentType, body } = { contentType: '', body: '' }] = provider.requests;
    expect(contentType?.split(';')[0]).toBe('application/x-www-form-urlencoded');
    expect([...new URLSearchParams(body)].toSorted()).toEqual([
      ['token', 'a+b/c='],
      ['token_type_hint', 'access_token'],
    ]);
  });

  it.each<[string, unknown]>([
    ['active as text', { active: 'true', sub: 'alice' }],
    ['active as a number', { active: 1, sub: 'alice' }],
    ['no active', { sub: 'alice' }],
    ['active false', { active: false, sub: 'alice' }],
    ['no sub', { active: true }],
    ['an empty sub', { active: true, sub: '' }],
    ['a numeric sub', { active: true, sub: 7 }],
    ['a past exp', { active: true, sub: 'alice', exp: 1 }],
    ['exp as text', { active: true, sub: 'alice', exp: '9999999999' }],
    ['nbf ahead', { active: true, sub: 'alice', nbf: 9_999_999_999 }],
    ['an issuer that is not a string', { active: true, sub: 'alice', iss: {} }],
    ['a refresh token of Hydra', { active: true, sub: 'alice', token_use: 'refresh_token' }],
    ['a refresh token of Keycloak', { active: true, sub: 'alice', typ: 'Refresh' }],
    ['an offline token', { active: true, sub: 'alice', typ: 'Offline' }],
    ['an ID token', { active: true, sub: 'alice', typ: 'ID' }],
    ['a refresh token by its type', { active: true, sub: 'alice', token_type: 'refresh_token' }],
    ['bound to a certificate', { active: true, sub: 'alice', cnf: { 'x5t#S256': 'x' } }],
    ['bound to a key', { active: true, sub: 'alice', cnf: { jkt: 'x' } }],
    ['bound to null', { active: true, sub: 'alice', cnf: null }],
  ])('N8 N14 N17 %s is refused', async (_name, answer) => {
    await startWithIntrospection();
    provider.answers.set('/introspect', json(answer));
    expect(await codesOf('opaque')).toEqual(WRONG);
  });

  it.each(FAULTS)(
    'N14 %s makes verification unavailable, and the next response counts',
    async (_name, answer) => {
      await startWithIntrospection();
      provider.tokens.set('opaque', { active: true, sub: 'alice' });
      provider.answers.set('/introspect', answer());
      expect(await codesOf('opaque')).toEqual(UNAVAILABLE);
      provider.answers.clear();
      expect(await codesOf('opaque')).toEqual(GOOD);
      expect(provider.count('/elsewhere')).toBe(0);
    },
  );

  it.each([
    { token_type: 'Bearer', token_use: 'access_token' },
    { token_type: 'DPoP', typ: 'Bearer' },
    { token_type: 'N_A', token_use: 'access', typ: 'at+jwt' },
  ])('N8 an access token is accepted, however the response says so: %j', async (use) => {
    await startWithIntrospection();
    provider.answers.set('/introspect', json({ active: true, sub: 'alice', ...use }));
    expect(await codesOf('opaque')).toEqual(GOOD);
  });

  it('N7 N14 requires the configured issuer and audience in the response', async () => {
    await startWithIntrospection({ jwtIssuer: ISSUER, jwtAudience: AUDIENCE });
    const right = { active: true, sub: 'alice', iss: ISSUER, aud: ['other', AUDIENCE] };
    const variants = {
      right,
      foreign: { ...right, iss: `${ISSUER}/` },
      silent: { ...right, iss: undefined },
      misled: { ...right, aud: 'other' },
      open: { ...right, aud: undefined },
    };
    for (const [name, answer] of Object.entries(variants)) {
      provider.tokens.set(name, answer);
      expect([name, ...(await codesOf(name))]).toEqual([name, ...(name === 'right' ? GOOD : WRONG)]);
    }
  });

  it('N14 introspects a token once for all who present it, and again after 5 s', async () => {
    await startWithIntrospection();
    provider.tokens.set('opaque', { active: true, sub: 'alice' });
    const all = await Promise.all(Array.from({ length: 20 }, () => codesOf('opaque')));
    expect(all.flat()).toEqual(all.flat().map(() => 101));
    expect(provider.count('/introspect')).toBe(1);
    provider.tokens.delete('opaque');
    clock.advance(4999);
    expect(await codesOf('opaque')).toEqual(GOOD);
    clock.advance(1);
    expect(await codesOf('opaque')).toEqual(WRONG);
  });

  it('N6 a cached token does not outlive its exp, and neither does its connection', async () => {
    await startWithIntrospection({ jwtClockSkewMs: 0 });
    provider.tokens.set('opaque', { active: true, sub: 'alice', exp: nowSeconds() + 3 });
    const client = await TestClient.connect(`${running.url}/ws`, { token: 'opaque' });
    clock.advance(3000);
    expect(await codesOf('opaque')).toEqual(WRONG);
    await clock.advanceUntil(client.closed);
    expect(await client.closed).toMatchObject({ code: 4419 });
  });

  it('is used for opaque tokens only when JWTs can be verified locally', async () => {
    await startWithIntrospection({ jwtSecret: SECRET });
    provider.tokens.set('opaque', { active: true, sub: 'alice' });
    provider.answers.set('/introspect', json({ active: true, sub: 'mallory' }));
    expect(await codesOf(await mintToken())).toEqual(GOOD);
    expect(await codesOf(await mintToken({}, { secret: 'y'.repeat(32) }))).toEqual(WRONG);
    expect(provider.requests).toHaveLength(0);
    expect(await codesOf('opaque')).toEqual(GOOD);
    expect(provider.requests).toHaveLength(1);
  });

  it('is used for JWTs too when no other verifier is configured', async () => {
    await startWithIntrospection();
    const token = await mintToken();
    provider.tokens.set(token, { active: true, sub: 'alice' });
    expect(await codesOf(token)).toEqual(GOOD);
  });

  it('N14 does not delay other clients while a request hangs', async () => {
    await startWithIntrospection({ jwtSecret: SECRET });
    provider.answers.set('/introspect', hang);
    const asked = provider.nextRequest('/introspect');
    const waiting = codesOf('opaque');
    await asked;
    expect(await codesOf(await mintToken())).toEqual(GOOD);
    provider.answers.set('/introspect', () => clock.advance(PROVIDER_MS));
    clock.advance(PROVIDER_MS);
    expect(await waiting).toEqual(UNAVAILABLE);
  });
});
