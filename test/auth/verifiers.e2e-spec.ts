import { generateKeyPairSync } from 'node:crypto';
import type { WsSecurityOptions } from 'nestjs-ws-security';
import { EchoGateway } from '../support/echo.gateway.js';
import { IdentityProvider } from '../support/identity-provider.js';
import { ManualClock } from '../support/manual-clock.js';
import { rawHandshake, requestText, type RawAnswer } from '../support/raw-handshake.js';
import {
  AUDIENCE,
  type Family,
  forged,
  goodClaims,
  ISSUER,
  rawSignature,
  signed,
  type SigningKey,
  signingKey,
} from '../support/signing-keys.js';
import { slowness } from '../support/quickest.js';
import { startApp, type RunningApp } from '../support/start-app.js';
import { type Frame, TestClient } from '../support/test-client.js';
import { mintToken, SECRET } from '../support/tokens.js';
import {
  MINUTE,
  frozen,
  seconds,
  withHeader,
  withClaims,
  ATTACKS,
  type Attack,
} from '../support/token-attacks.js';

const CHECKS = { jwtIssuer: ISSUER, jwtAudience: AUDIENCE, jwtType: 'at+jwt' };

let running: RunningApp;

const SOURCES: WsSecurityOptions = {
  authSources: ['header', 'subprotocol', 'cookie', 'query', 'message'],
  authCookie: 'session',
};

/** The answers to a token in the header, subprotocol, cookie and query. */
function answersTo(token: string): Promise<RawAnswer[]> {
  const send = (headers: Record<string, string>, path = '/ws') =>
    rawHandshake(running.port, requestText(path, headers));
  return Promise.all([
    send({ Authorization: `Bearer ${token}` }),
    send({ 'Sec-WebSocket-Protocol': `chat, bearer.${token}` }),
    send({ Cookie: `other=1; session=${encodeURIComponent(token)}`, Origin: 'http://service.test' }),
    send({}, `/ws?token=${encodeURIComponent(token)}`),
  ]);
}

/** The same status from every source. */
const everywhere = (status: number): number[] => [status, status, status, status];

/** Logs in with a token in a first message. @returns the answer and the close code, 0 when accepted */
async function loginWith(token: string): Promise<{ frame: Frame; code: number }> {
  const client = await TestClient.connect(`${running.url}/ws`);
  client.send({ event: 'auth', data: { token } });
  const frame = await client.next();
  const { code } = frame.event === 'auth' ? { code: 0 } : await client.closed;
  await client.close();
  return { frame, code };
}

async function statusesOf(token: string): Promise<number[]> {
  return (await answersTo(token)).map(({ status }) => status);
}

const withoutDate = ({ text }: RawAnswer): string => text.replace(/^Date: .*\r\n/im, '');

describe.each<[name: string, family: Family, isRemote: boolean]>([
  ['a secret', 'HMAC', false],
  ['an RSA key', 'RSA', false],
  ['an EC key', 'EC', false],
  ['an Ed25519 key', 'Ed25519', false],
  ['a JWK set', 'EC', true],
])('tokens verified with %s', (_name, family, isRemote) => {
  const key = signingKey(family);
  let canary: IdentityProvider;
  let provider: IdentityProvider;
  let garbage: string;
  let garbageFrame: Frame;
  let mostMs: number;

  beforeAll(async () => {
    canary = await IdentityProvider.start();
    provider = await IdentityProvider.start();
    provider.keys = [key.jwk('1')];
    const source: WsSecurityOptions = isRemote
      ? { jwtSecret: undefined, jwtJwksUri: `${provider.issuer}/jwks` }
      : family === 'HMAC'
        ? { jwtSecret: SECRET }
        : { jwtSecret: undefined, jwtPublicKey: key.publicPem };
    running = await startApp({
      gateways: [EchoGateway],
      clock: frozen,
      options: { ...SOURCES, ...CHECKS, ...source },
    });
    mostMs = 50 * slowness();
    garbage = withoutDate((await answersTo('garbage'))[0] as RawAnswer);
    garbageFrame = (await loginWith('garbage')).frame;
  });

  afterAll(async () => {
    await running.close();
    await Promise.all([canary.close(), provider.close()]);
  });

  it.each(ATTACKS)('%s is refused like garbage, from every source', async (_attack, forge) => {
    const before = [EchoGateway.connections, canary.requests.length];
    const token = await forge({ key, canary: canary.issuer });
    const start = process.cpuUsage();
    const answers = await answersTo(token);
    const { user, system } = process.cpuUsage(start);
    const ms = (user + system) / 1000 / answers.length;
    expect(answers.map(({ status }) => status)).toEqual(everywhere(401));
    expect(answers.map(withoutDate)).toEqual(answers.map(() => garbage));
    expect(ms).toBeLessThan(mostMs);
    expect(await loginWith(token)).toEqual({ frame: garbageFrame, code: 4401 });
    expect([EchoGateway.connections, canary.requests.length]).toEqual(before);
    expect(provider.requests.length).toBeLessThanOrEqual(1);
  });

  it.each<[string, Attack]>([
    ['signed by the issuer', ({ key: own }) => signed(own)],
    ['N4 key material in the header is ignored', withHeader({ jku: 'http://127.0.0.1:9', x5u: 'x' })],
    ['N6 within the skew after exp', withClaims({ exp: seconds(-10) })],
    ['N6 within the skew before nbf', withClaims({ nbf: seconds(20) })],
    ['N7 one audience of several', withClaims({ aud: ['other', AUDIENCE] })],
    ['N8 typ in capitals', withHeader({ typ: 'AT+JWT' })],
    ['N8 typ in full', withHeader({ typ: 'application/at+jwt' })],
  ])('a valid token is accepted: %s', async (_variant, forge) => {
    const token = await forge({ key, canary: canary.issuer });
    expect(await statusesOf(token)).toEqual(everywhere(101));
    expect(await loginWith(token)).toMatchObject({ frame: { event: 'auth' } });
  });
});

describe.each<
  [
    name: string,
    key: SigningKey,
    optionsFor: (provider: IdentityProvider, key: SigningKey) => WsSecurityOptions,
  ]
>([
  ['a secret', signingKey('HMAC'), () => ({ jwtSecret: SECRET })],
  ['a public key', signingKey('EC'), (_provider, { publicPem }) => ({ jwtPublicKey: publicPem })],
  ['a JWK set', signingKey('RSA'), ({ issuer }) => ({ jwtJwksUri: `${issuer}/jwks` })],
  ['an OpenID provider', signingKey('RSA'), ({ issuer }) => ({ oidcIssuer: issuer })],
])('without a configured type, verified with %s', (_source, key, optionsFor) => {
  let provider: IdentityProvider;

  beforeAll(async () => {
    provider = await IdentityProvider.start();
    provider.keys = [key.jwk('1')];
    const options = {
      ...SOURCES,
      jwtSecret: undefined,
      authFailureLimit: 1000,
      ...optionsFor(provider, key),
    };
    running = await startApp({ gateways: [EchoGateway], clock: frozen, options });
  });

  afterAll(async () => {
    await running.close();
    await provider.close();
  });

  const typed = (typ: unknown) =>
    forged({ alg: key.alg, typ }, goodClaims({ iss: provider.issuer }), rawSignature(key));

  it.each([
    undefined,
    'JWT',
    'jwt',
    'application/jwt',
    'at+jwt',
    'AT+JWT',
    'application/at+jwt',
    'Application/AT+JWT',
  ])('N8 accepts typ %p', async (typ) => expect(await statusesOf(typed(typ))).toEqual(everywhere(101)));

  it.each([
    'dpop+jwt',
    'logout+jwt',
    'secevent+jwt',
    'entity-statement+jwt',
    'application/dpop+jwt',
    'text/at+jwt',
    'application/application/jwt',
    'at+jwt ',
    '',
    null,
    1,
    true,
    ['JWT'],
    { typ: 'JWT' },
  ])('N8 refuses typ %p', async (typ) => expect(await statusesOf(typed(typ))).toEqual(everywhere(401)));

  const used = (claims: object) =>
    forged({ alg: key.alg }, goodClaims({ iss: provider.issuer, ...claims }), rawSignature(key));

  it.each([
    { token_use: 'id' },
    { token_use: 'refresh_token' },
    { token_type: 'refresh' },
    { typ: 'ID' },
    { typ: 'Refresh' },
    { type: 'refresh' },
  ])('N8 refuses a token that says it is for others: %j', async (claims) =>
    expect(await statusesOf(used(claims))).toEqual(everywhere(401)),
  );

  it.each([
    { token_use: 'access' },
    { token_type: 'access', typ: 'Bearer' },
    { type: 'user', typ: { a: 1 } },
    { token_type: null },
  ])('N8 accepts a token that says anything else: %j', async (claims) =>
    expect(await statusesOf(used(claims))).toEqual(everywhere(101)),
  );
});

describe.each<[string, SigningKey, (provider: IdentityProvider, key: SigningKey) => WsSecurityOptions]>([
  ['a shared secret', signingKey('HMAC'), () => ({ jwtSecret: SECRET })],
  [
    'a public key',
    signingKey('RSA'),
    (_provider, { publicPem }) => ({ jwtSecret: undefined, jwtPublicKey: publicPem }),
  ],
  ['a JWK set', signingKey('EC'), ({ issuer }) => ({ jwtSecret: undefined, jwtJwksUri: `${issuer}/jwks` })],
])('a cached token, verified with %s', (_source, key, optionsFor) => {
  let provider: IdentityProvider;
  let clock: ManualClock;

  beforeEach(async () => {
    clock = new ManualClock();
    provider = await IdentityProvider.start();
    provider.keys = [key.jwk('1')];
    running = await startApp({
      gateways: [EchoGateway],
      clock,
      options: { ...SOURCES, ...CHECKS, ...optionsFor(provider, key) },
    });
  });

  afterEach(async () => {
    await running.close();
    await provider.close();
  });

  it('N10 does not make a similar token valid', async () => {
    const token = await signed(key, goodClaims());
    expect(await statusesOf(token)).toEqual(everywhere(101));
    expect(await statusesOf(token)).toEqual(everywhere(101));
    const [head = '', body = '', mac = ''] = token.split('.');
    const other = Buffer.from(JSON.stringify(goodClaims({ roles: ['admin'] }))).toString('base64url');
    const flipped = (mac.startsWith('A') ? 'B' : 'A') + mac.slice(1);
    const resembling = [
      `${head}.${other}.${mac}`,
      `${head}.${body}.${flipped}`,
      `${head}.${body}.${mac.slice(0, -4)}`,
      `${head}.${body}.`,
    ];
    for (const forgery of resembling) expect(await statusesOf(forgery)).toEqual(everywhere(401));
    expect(await statusesOf(token)).toEqual(everywhere(101));
  });

  it('N6 expires like a new one', async () => {
    const token = await signed(key, goodClaims({ exp: seconds(MINUTE, clock) }));
    expect(await statusesOf(token)).toEqual(everywhere(101));
    clock.advance(5 * MINUTE * 1000);
    expect(await statusesOf(token)).toEqual(everywhere(401));
  });
});

describe('the configuration', () => {
  afterEach(() => running.close());

  const start = async (options: WsSecurityOptions): Promise<void> => {
    running = await startApp({ gateways: [EchoGateway], options: { ...SOURCES, ...options } });
  };

  it('C4 accepts tokens of a previous secret, and not of a removed one', async () => {
    const [old, older] = ['o'.repeat(32), 'x'.repeat(32)];
    await start({ jwtPreviousSecrets: [old] });
    expect(await statusesOf(await mintToken())).toEqual(everywhere(101));
    expect(await statusesOf(await mintToken({}, { secret: old }))).toEqual(everywhere(101));
    expect(await statusesOf(await mintToken({}, { secret: older }))).toEqual(everywhere(401));
  });

  it('N2 accepts only the listed algorithms', async () => {
    const key = signingKey('RSA');
    await start({ jwtSecret: undefined, jwtPublicKey: key.publicPem, jwtAlgorithms: ['PS256'] });
    expect(await statusesOf(await signed(key))).toEqual(everywhere(401));
    expect(await statusesOf(await signed({ ...key, alg: 'PS256' }))).toEqual(everywhere(101));
  });

  it('allows a stronger algorithm with a longer secret', async () => {
    const secret = 's'.repeat(64);
    await start({ jwtSecret: secret, jwtAlgorithms: ['HS512'] });
    const key = { ...signingKey('HMAC'), key: new TextEncoder().encode(secret) };
    expect(await statusesOf(await signed({ ...key, alg: 'HS512' }))).toEqual(everywhere(101));
    expect(await statusesOf(await signed(key))).toEqual(everywhere(401));
  });

  it('allows a public key beside a JWK set without weakening either', async () => {
    const [fixed, published] = [signingKey('EC'), signingKey('RSA')];
    const provider = await IdentityProvider.start();
    provider.keys = [published.jwk('1')];
    const jwtJwksUri = `${provider.issuer}/jwks`;
    await start({ ...CHECKS, jwtSecret: undefined, jwtPublicKey: fixed.publicPem, jwtJwksUri });
    try {
      expect(await statusesOf(await signed(fixed))).toEqual(everywhere(101));
      expect(provider.requests).toHaveLength(0);
      expect(await statusesOf(await signed(published, goodClaims(), { kid: '1' }))).toEqual(everywhere(101));
      expect(await statusesOf(await signed(signingKey('EC', 'stranger')))).toEqual(everywhere(401));
      expect(await statusesOf(await signed(published, goodClaims({ aud: 'other' })))).toEqual(
        everywhere(401),
      );
    } finally {
      await provider.close();
    }
  });

  it('N11 ignores a weak or secret key in a JWK set and still uses the others', async () => {
    const [good, leaked] = [signingKey('EC'), signingKey('RSA')];
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const provider = await IdentityProvider.start();
    const secret = { kty: 'oct', k: Buffer.from(SECRET).toString('base64url'), kid: 'secret' };
    provider.keys = [
      { ...weak.publicKey.export({ format: 'jwk' }), kid: 'weak' },
      {
        ...(leaked.key as never as typeof weak.privateKey).export({ format: 'jwk' }),
        kid: 'leaked',
      },
      secret,
      good.jwk('good'),
    ];
    await start({ jwtSecret: undefined, jwtJwksUri: `${provider.issuer}/jwks` });
    try {
      const weakToken = forged(
        { alg: 'RS256', kid: 'weak' },
        goodClaims(),
        rawSignature({ ...leaked, key: weak.privateKey }),
      );
      expect(await statusesOf(weakToken)).toEqual(everywhere(401));
      expect(await statusesOf(await signed(leaked, goodClaims(), { kid: 'leaked' }))).toEqual(
        everywhere(401),
      );
      expect(await statusesOf(await signed(signingKey('HMAC'), goodClaims(), { kid: 'secret' }))).toEqual(
        everywhere(401),
      );
      expect(await statusesOf(await signed(good, goodClaims(), { kid: 'good' }))).toEqual(everywhere(101));
    } finally {
      await provider.close();
    }
  });
});
