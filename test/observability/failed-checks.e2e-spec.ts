import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Controller, Get, Injectable, UseGuards } from '@nestjs/common';
import {
  InvalidCredentialError,
  RevocationService,
  type SecurityEvent,
  SecurityEvents,
  TicketService,
  TokenVerifier,
  type WsSecurityOptions,
} from 'nestjs-ws-security';
import { BearerGuard } from '../../docs/examples/bearer.guard.js';
import { EchoGateway } from '../support/echo.gateway.js';
import { faultyTokens, KEY_ID } from '../support/faulty-tokens.js';
import { IdentityProvider } from '../support/identity-provider.js';
import { rawHandshake, requestText } from '../support/raw-handshake.js';
import {
  AUDIENCE,
  goodClaims,
  ISSUER,
  signed,
  type SigningKey,
  signingKey,
} from '../support/signing-keys.js';
import { startApp, type AppOptions, type RunningApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { tokenPrincipal } from '../support/token-principal.js';
import { frozen, MINUTE, seconds } from '../support/token-attacks.js';
import { mintToken, SECRET } from '../support/tokens.js';

@Controller()
class GuardedController {
  @UseGuards(BearerGuard)
  @Get('guarded')
  guarded(): string {
    return 'welcome';
  }
}

let provider: IdentityProvider;
let running: RunningApp;
let events: SecurityEvent[];

beforeEach(async () => {
  provider = await IdentityProvider.start();
});

afterEach(async () => {
  await running.close();
  await provider.close();
});

async function start(options: WsSecurityOptions, more: Partial<AppOptions> = {}): Promise<void> {
  running = await startApp({
    gateways: [EchoGateway],
    controllers: [GuardedController],
    clock: frozen,
    ...more,
    options: {
      jwtSecret: undefined,
      authSources: ['header', 'ticket', 'message'],
      authFailureLimit: 1000,
      authTimeoutMs: 60_000,
      ...options,
    },
  });
  events = [];
  running.app.get(SecurityEvents).events.subscribe((event) => events.push(event));
}

/** Sends a credential. @returns the answer without its date */
async function answerTo(headers: Record<string, string>, path = '/ws'): Promise<string> {
  const { text } = await rawHandshake(running.port, requestText(path, headers));
  return text.replace(/^Date: .*\r\n/im, '');
}

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

/** Logs in with a token in a first message. @returns the answer */
async function login(token: string): Promise<object> {
  const client = await TestClient.connect(`${running.url}/ws`);
  client.send({ event: 'auth', data: { token } });
  const frame = await client.next();
  await client.closed;
  return frame;
}

/** The last event of a type. */
const last = (type: SecurityEvent['type']) => events.findLast((event) => event.type === type);

type OptionsFor = (own: IdentityProvider, key: SigningKey) => WsSecurityOptions;

describe.each<[verifier: string, key: SigningKey, another: SigningKey, options: OptionsFor]>([
  [
    'secret',
    signingKey('HMAC'),
    { ...signingKey('HMAC'), key: Buffer.from('another secret '.repeat(4)) },
    () => ({ jwtSecret: SECRET }),
  ],
  [
    'public-key',
    signingKey('Ed25519'),
    signingKey('Ed25519', 'stranger'),
    (_own, { publicPem }) => ({ jwtPublicKey: publicPem }),
  ],
  [
    'jwks',
    signingKey('EC'),
    signingKey('EC', 'stranger'),
    ({ issuer }) => ({ jwtJwksUri: `${issuer}/jwks` }),
  ],
  [
    'oidc',
    signingKey('EC'),
    signingKey('EC', 'stranger'),
    ({ issuer }) => ({ oidcIssuer: issuer, jwtIssuer: undefined }),
  ],
])('a token for the verifier %s', (verifier, key, another, optionsFor) => {
  it('N18 is refused with one answer for every check, and the event names the check', async () => {
    provider.keys = [key.jwk(KEY_ID)];
    await start({ jwtIssuer: ISSUER, jwtAudience: AUDIENCE, ...optionsFor(provider, key) });
    const answers = new Set<string>();
    for (const { fault, check, token, expected } of faultyTokens(
      key,
      another,
      verifier === 'oidc' ? provider.issuer : ISSUER,
    )) {
      answers.add(await answerTo(bearer(token)));
      answers.add(JSON.stringify(await login(token)));
      const named = expected === undefined ? {} : { expected: expect.stringContaining(expected) as string };
      const what = { code: 'UNAUTHENTICATED', check, ...named };
      const asked = check === 'too-long' ? {} : { verifiers: [{ verifier, check, ...named }] };
      expect([fault, last('handshake.refused')]).toMatchObject([fault, { ...what, ...asked }]);
      expect([fault, last('authentication.refused')]).toMatchObject([fault, { ...what, ...asked }]);
    }
    // One answer to handshakes, and one to messages.
    expect(answers.size).toBe(2);
    expect(JSON.stringify(events)).not.toContain('canary');
  });
});

it('N18 the event tells an unknown key of a JWK set from a wrong signature', async () => {
  const key = signingKey('EC');
  provider.keys = [key.jwk('1')];
  await start({ jwtJwksUri: `${provider.issuer}/jwks` });
  await answerTo(bearer(await signed(key, goodClaims(), { kid: 'canary' })));
  expect(last('handshake.refused')).toMatchObject({ check: 'unknown-key' });
  await answerTo(bearer(await signed(signingKey('EC', 'stranger'), goodClaims(), { kid: '1' })));
  expect(last('handshake.refused')).toMatchObject({ check: 'signature' });
});

it('N18 with several verifiers, the event has the check of each, and the one that got furthest', async () => {
  const [fixed, published] = [signingKey('Ed25519'), signingKey('EC')];
  provider.keys = [published.jwk('1')];
  await start({
    jwtPublicKey: fixed.publicPem,
    jwtIssuer: ISSUER,
    oidcIssuer: provider.issuer,
    jwtAudience: AUDIENCE,
  });
  const claims = goodClaims({ iss: provider.issuer, exp: seconds(-MINUTE, frozen) });
  await answerTo(bearer(await signed(published, claims, { kid: '1' })));
  expect(last('handshake.refused')).toMatchObject({
    reason: 'InvalidCredentialError: expired',
    check: 'expired',
    verifiers: [
      { verifier: 'public-key', check: 'algorithm', expected: expect.stringContaining('EdDSA') as string },
      { verifier: 'oidc', check: 'expired' },
    ],
  });
});

it('N18 the event names what an authorization server says about an opaque token', async () => {
  await start({
    introspectionUrl: `${provider.issuer}/introspect`,
    introspectionClientId: 'chat',
    introspectionClientSecret: 'secret',
    jwtIssuer: ISSUER,
    jwtAudience: AUDIENCE,
  });
  const right = { active: true, sub: 'alice', iss: ISSUER, aud: AUDIENCE };
  const answers: [check: string, answer: Record<string, unknown>, expected?: string][] = [
    ['inactive', { active: false }],
    ['inactive', { ...right, active: 'true' }],
    ['issuer', { ...right, iss: 'https://canary.test' }, ISSUER],
    ['audience', { ...right, aud: 'canary' }, AUDIENCE],
    ['subject', { ...right, sub: undefined }],
    ['not-yet-valid', { ...right, nbf: seconds(MINUTE, frozen) }],
    ['expired', { ...right, exp: seconds(-MINUTE, frozen) }],
    ['proof', { ...right, cnf: { 'x5t#S256': 'canary' } }],
  ];
  for (const [index, [check, answer, expected]] of answers.entries()) {
    provider.tokens.set(`canary-${index}`, answer);
    await answerTo(bearer(`canary-${index}`));
    const named = { check, ...(expected !== undefined && { expected }) };
    expect(last('handshake.refused')).toMatchObject({
      ...named,
      verifiers: [{ verifier: 'introspection', ...named }],
    });
  }
  expect(JSON.stringify(events)).not.toContain('canary');
});

it('N18 N13 the event tells an unknown API key from an expired one, and from a kind without a verifier', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'keys-'));
  const file = join(folder, 'keys.json');
  const entry = {
    id: 'old',
    sha256: createHash('sha256').update('canary-old').digest('hex'),
    roles: [],
    scopes: [],
  };
  writeFileSync(file, JSON.stringify([{ ...entry, expiresAt: '2020-01-01T00:00:00Z' }]));
  try {
    await start({ apiKeysFile: file });
    await answerTo({ 'X-Api-Key': 'canary-unknown' });
    expect(last('handshake.refused')).toMatchObject({
      verifiers: [{ verifier: 'api-keys', check: 'unknown-key' }],
    });
    await answerTo({ 'X-Api-Key': 'canary-old' });
    expect(last('handshake.refused')).toMatchObject({
      verifiers: [{ verifier: 'api-keys', check: 'expired' }],
    });
    await answerTo(bearer('canary'));
    expect(last('handshake.refused')).toMatchObject({ check: 'no-verifier' });
    expect(JSON.stringify(events)).not.toContain('canary');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('N18 N12 the event tells a used ticket from other credentials', async () => {
  await start({ jwtSecret: SECRET });
  const ticket = await running.app.get(TicketService).issue(tokenPrincipal('alice', frozen.now() + 60_000));
  expect(await answerTo({}, `/ws?ticket=${ticket}`)).toMatch(/^HTTP\/1.1 101/);
  await answerTo({}, `/ws?ticket=${ticket}`);
  expect(last('handshake.refused')).toMatchObject({
    check: 'ticket',
    verifiers: [{ verifier: 'tickets', check: 'ticket' }],
  });
  expect(JSON.stringify(events)).not.toContain(ticket);
});

it('N18 a revoked token is told as such in a handshake, in a refresh and over HTTP', async () => {
  await start({ jwtSecret: SECRET });
  const token = await mintToken({ sid: 'phone' }, { now: frozen.now() });
  const other = await mintToken({ sid: 'laptop' }, { now: frozen.now() });
  await running.app.get(RevocationService).revokeSession('phone');
  await answerTo(bearer(token));
  expect(last('handshake.refused')).toMatchObject({ check: 'revoked', 'user.id': 'alice' });
  await fetch(`${running.url.replace('ws', 'http')}/guarded`, { headers: bearer(token) });
  expect(last('authentication.refused')).toMatchObject({ check: 'revoked', 'url.path': '/guarded' });
  const client = await TestClient.connect(`${running.url}/ws`, { token: other });
  await client.request('auth', { token });
  expect(last('authentication.refused')).toMatchObject({
    check: 'revoked',
    'url.path': '/ws',
    'user.id': 'alice',
  });
  await client.request('auth', { token: await mintToken({ sub: 'bob' }, { now: frozen.now() }) });
  expect(last('authentication.refused')).toMatchObject({
    code: 'FORBIDDEN',
    reason: 'the token is of another user',
    'user.id': 'alice',
    target: 'user bob',
  });
  await client.close();
});

it('N18 HTTP requests name the check and the verifier too, and the answer over the limit keeps them', async () => {
  await start({ jwtSecret: SECRET, authFailureLimit: 1 });
  const expired = await mintToken({}, { now: frozen.now(), expiresIn: -MINUTE });
  const status = async () =>
    (await fetch(`${running.url.replace('ws', 'http')}/guarded`, { headers: bearer(expired) })).status;
  const what = { check: 'expired', verifiers: [{ verifier: 'secret', check: 'expired' }] };
  expect(await status()).toBe(401);
  expect(last('authentication.refused')).toMatchObject({ code: 'UNAUTHENTICATED', ...what });
  expect(await status()).toBe(429);
  expect(last('authentication.refused')).toMatchObject({
    code: 'RATE_LIMITED',
    ...what,
    throttler: 'auth-failure',
    limit: 1,
  });
});

it('N18 a verifier of the application may name a check, and need not', async () => {
  @Injectable()
  class OwnVerifier extends TokenVerifier {
    override async verify(token: string): Promise<never> {
      throw token === 'plain'
        ? new InvalidCredentialError('no such session')
        : new InvalidCredentialError('the session has ended', { check: 'expired' });
    }
  }
  await start({}, { module: { providers: [{ provide: TokenVerifier, useClass: OwnVerifier }] } });
  const plain = await answerTo(bearer('plain'));
  expect(last('handshake.refused')).toMatchObject({
    reason: 'InvalidCredentialError: no such session',
    check: 'rejected',
  });
  expect(await answerTo(bearer('ended'))).toBe(plain);
  expect(last('handshake.refused')).toMatchObject({ check: 'expired' });
});
