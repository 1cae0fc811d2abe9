import { SubscribeMessage } from '@nestjs/websockets';
import {
  CurrentPrincipal,
  type Principal,
  SecureGateway,
  type SecurityEvent,
  SecurityEvents,
  type WsSecurityOptions,
} from 'nestjs-ws-security';
import { startTestApp } from 'nestjs-ws-security/testing';
import { IdentityProvider } from '../support/identity-provider.js';
import { goodClaims, signed, type SigningKey, signingKey } from '../support/signing-keys.js';
import { startApp, type RunningApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';

@SecureGateway({ path: '/ws' })
class RightsGateway {
  @SubscribeMessage('rights')
  rights(@CurrentPrincipal() { roles, scopes }: Principal): object {
    return { roles, scopes };
  }
}

const [A, B] = ['https://a.test', 'https://b.test/'];

let running: RunningApp;
let events: SecurityEvent[];

afterEach(() => running.close());

async function start(options: WsSecurityOptions = {}): Promise<void> {
  running = await startApp({ gateways: [RightsGateway], options: { authTimeoutMs: 60_000, ...options } });
  events = [];
  running.app.get(SecurityEvents).events.subscribe((event) => events.push(event));
}

const connect = (token: string) => TestClient.connect(`${running.url}/ws`, { token });
const accepted = async (token: string): Promise<void> => (await connect(token)).close();

/** The check that a token fails. */
async function failed(token: string): Promise<unknown> {
  expect(await TestClient.refused(`${running.url}/ws`, { token })).toMatchObject({ status: 401 });
  return (events.at(-1) as { check?: unknown } | undefined)?.check;
}

describe('several issuers and audiences', () => {
  it.each<[string, WsSecurityOptions]>([
    ['separated by commas', { jwtIssuer: `${A}, ${B}`, jwtAudience: 'chat,api://chat' }],
    ['in a list', { jwtIssuer: [A, B], jwtAudience: ['chat', 'api://chat'] }],
  ])('N7 %s: each of them is accepted, and no other one', async (_how, options) => {
    await start(options);
    for (const iss of [A, B]) {
      for (const aud of ['chat', 'api://chat', ['other', 'chat']])
        await accepted(await mintToken({ iss, aud }));
    }
    for (const iss of [undefined, `${A}/`, 'https://b.test', `${A}, ${B}`, `${A},${B}`])
      expect([iss, await failed(await mintToken({ iss: iss as string, aud: 'chat' }))]).toEqual([
        iss,
        'issuer',
      ]);
    for (const aud of [undefined, 'chat,api://chat', 'api', ['other']])
      expect([aud, await failed(await mintToken({ iss: A, aud: aud as string }))]).toEqual([aud, 'audience']);
  });

  it('L4 a refresh is for the same user of the same issuer, also if there are several', async () => {
    await start({ jwtIssuer: [A, B] });
    const client = await connect(await mintToken({ iss: A }));
    expect(await client.request('auth', { token: await mintToken({ iss: B }) })).toMatchObject({
      data: { code: 'FORBIDDEN' },
    });
    expect(
      await client.request('auth', { token: await mintToken({ iss: A, roles: ['admin'] }) }),
    ).toMatchObject({ event: 'auth' });
    expect(await client.request('rights')).toMatchObject({ data: { roles: ['admin'] } });
    await client.close();
  });

  it('an application of tests mints tokens for the first of them', async () => {
    const app = await startTestApp({
      gateways: [RightsGateway],
      options: { jwtIssuer: [A, B], jwtAudience: ['chat', 'other'], jwtAudienceClaim: 'azp' },
    });
    const token = await app.mintToken();
    const claims = JSON.parse(Buffer.from(token.split('.')[1] as string, 'base64url').toString()) as object;
    expect(claims).toMatchObject({ iss: A, azp: 'chat' });
    await app.close();
    await start();
  });
});

describe('several OpenID providers', () => {
  let first: IdentityProvider;
  let second: IdentityProvider;
  const [own, other] = [signingKey('EC'), signingKey('EC', 'other issuer')];
  const by = (key: SigningKey, iss: string) => signed(key, goodClaims({ iss }), { kid: '1' });

  beforeEach(async () => {
    first = await IdentityProvider.start();
    second = await IdentityProvider.start();
    first.keys = [own.jwk('1')];
    second.keys = [other.jwk('1')];
  });

  afterEach(() => Promise.all([first.close(), second.close()]));

  it('N7 the keys of one never verify tokens of another', async () => {
    await start({ jwtSecret: undefined, oidcIssuer: `${first.issuer},${second.issuer}` });
    await accepted(await by(own, first.issuer));
    await accepted(await by(other, second.issuer));
    expect(await failed(await by(own, second.issuer))).toBe('signature');
    expect(await failed(await by(other, first.issuer))).toBe('signature');
    expect(await failed(await by(own, 'https://evil.test'))).toBe('issuer');
  });

  it('N7 neither do those of a JWK set or a public key beside it', async () => {
    const fixed = signingKey('Ed25519');
    await start({
      jwtSecret: undefined,
      oidcIssuer: first.issuer,
      jwtJwksUri: `${second.issuer}/jwks`,
      jwtPublicKey: fixed.publicPem,
      // The first one is that of the provider, whose keys are found by discovery.
      jwtIssuer: [first.issuer, A],
    });
    await accepted(await by(own, first.issuer));
    await accepted(await by(other, A));
    await accepted(await by(fixed, A));
    expect(await failed(await by(other, first.issuer))).toBe('signature');
    expect(await failed(await by(fixed, first.issuer))).toBe('unknown-key');
    expect(await failed(await by(own, A))).toBe('signature');
  });

  it('an unreachable provider does not affect users of another', async () => {
    await start({ jwtSecret: undefined, oidcIssuer: [first.issuer, second.issuer] });
    const token = await by(own, first.issuer);
    await first.stop();
    await accepted(await by(other, second.issuer));
    expect(await TestClient.refused(`${running.url}/ws`, { token })).toMatchObject({ status: 503 });
    first = await IdentityProvider.start();
  });
});

describe('WS_JWT_AUDIENCE_CLAIM', () => {
  it.each(['client_id', 'azp', 'https://app.test/audience', 'app.name'])('N7 compares %s', async (claim) => {
    await start({ jwtAudience: ['chat', 'mobile'], jwtAudienceClaim: claim });
    const value = (audience: unknown) =>
      claim === 'app.name' ? { app: { name: audience } } : { [claim]: audience };
    await accepted(await mintToken({ ...value('chat') }));
    await accepted(await mintToken({ ...value(['other', 'mobile']), aud: 'other' }));
    expect(await failed(await mintToken({ ...value('other') }))).toBe('audience');
    expect(await failed(await mintToken({ ...value({ chat: true }) }))).toBe('audience');
    // Another claim does not count.
    expect(await failed(await mintToken({ aud: 'chat' }))).toBe('audience');
  });

  it('N7 N14 compares the claim of an introspection answer', async () => {
    const provider = await IdentityProvider.start();
    provider.tokens.set('right', { active: true, sub: 'alice', client_id: 'chat' });
    provider.tokens.set('wrong', { active: true, sub: 'alice', client_id: 'mail', aud: 'chat' });
    await start({
      jwtSecret: undefined,
      jwtAudience: 'chat',
      jwtAudienceClaim: 'client_id',
      introspectionUrl: `${provider.issuer}/introspect`,
      introspectionClientId: 'chat',
      introspectionClientSecret: 'secret',
    });
    await accepted('right');
    expect(await failed('wrong')).toBe('audience');
    await provider.close();
  });
});

describe('WS_JWT_ROLES_CLAIM and WS_JWT_SCOPES_CLAIM', () => {
  it.each<[string, WsSecurityOptions, object, object]>([
    ['scp as words', { jwtScopesClaim: 'scp' }, { scp: ' a  b ' }, { roles: ['user'], scopes: ['a', 'b'] }],
    [
      'scp as a list',
      { jwtScopesClaim: 'scp' },
      { scp: ['a', 'b'] },
      { roles: ['user'], scopes: ['a', 'b'] },
    ],
    [
      'two claims, each right once',
      { jwtScopesClaim: 'scope,permissions' },
      { scope: 'a b', permissions: ['b', 'c', 1, null] },
      { roles: ['user'], scopes: ['a', 'b', 'c'] },
    ],
    [
      'roles of a realm and of a client',
      { jwtRolesClaim: ['realm_access.roles', 'resource_access.chat.web.roles'] },
      {
        realm_access: { roles: ['a'] },
        resource_access: { 'chat.web': { roles: ['b'] }, other: { roles: ['c'] } },
      },
      { roles: ['a', 'b'], scopes: ['chat:write'] },
    ],
    [
      'groups',
      { jwtRolesClaim: 'cognito:groups' },
      { 'cognito:groups': ['a'] },
      { roles: ['a'], scopes: ['chat:write'] },
    ],
    [
      'a claim named by a URL',
      { jwtRolesClaim: 'https://app.test/roles' },
      { 'https://app.test/roles': ['a'] },
      { roles: ['a'], scopes: ['chat:write'] },
    ],
    [
      'a single role, which may have spaces',
      { jwtRolesClaim: 'o.rol' },
      { o: { rol: 'site admin' } },
      { roles: ['site admin'], scopes: ['chat:write'] },
    ],
    [
      'claims that are missing or of another kind',
      { jwtRolesClaim: 'a.b,c', jwtScopesClaim: 'd,constructor.name' },
      { a: 'b', c: { admin: true }, d: 7 },
      { roles: [], scopes: [] },
    ],
  ])('Z2 read %s', async (_shape, options, claims, rights) => {
    await start(options);
    const client = await connect(await mintToken({ ...claims }));
    expect((await client.request('rights')).data).toEqual(rights);
    await client.close();
  });
});
