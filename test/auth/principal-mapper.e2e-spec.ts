import { Injectable, type Type } from '@nestjs/common';
import { SubscribeMessage } from '@nestjs/websockets';
import {
  CurrentPrincipal,
  InvalidCredentialError,
  PrincipalMapper,
  type Principal,
  SecureGateway,
  WsRoles,
  WsScopes,
  type WsSecurityOptions,
} from 'nestjs-ws-security';
import { IdentityProvider } from '../support/identity-provider.js';
import { startApp, type RunningApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';

@SecureGateway({ path: '/ws' })
class RightsGateway {
  @SubscribeMessage('rights')
  rights(@CurrentPrincipal() { roles, scopes }: Principal): object {
    return { roles, scopes };
  }

  @WsRoles('moderator')
  @WsScopes('chat:write')
  @SubscribeMessage('moderate')
  moderate(): boolean {
    return true;
  }
}

/** Reads the roles of a realm from Keycloak's claim. */
@Injectable()
class KeycloakMapper extends PrincipalMapper {
  override rolesOf(claims: Readonly<Record<string, unknown>>): readonly string[] {
    const access = claims['realm_access'] as { roles?: unknown } | undefined;
    return this.listOf(access?.roles);
  }
}

let running: RunningApp;

afterEach(() => running.close());

async function start(mapper?: Type<PrincipalMapper>, options: WsSecurityOptions = {}): Promise<void> {
  running = await startApp({
    gateways: [RightsGateway],
    options,
    ...(mapper && { module: { providers: [{ provide: PrincipalMapper, useClass: mapper }] } }),
  });
}

const connect = (token: string) => TestClient.connect(`${running.url}/ws`, { token });
const refused = (token: string) => TestClient.refused(`${running.url}/ws`, { token });
const KEYCLOAK = { roles: ['admin'], scope: 'chat:read  chat:write', realm_access: { roles: ['moderator'] } };

it.each<[string, object, object]>([
  ['a scope', { roles: ['a', 1, null, 'b'], scope: ' c  d ' }, { roles: ['a', 'b'], scopes: ['c', 'd'] }],
  ['scopes', { roles: 'a', scope: undefined, scopes: ['c', {}] }, { roles: [], scopes: ['c'] }],
  ['both', { scope: 'c', scopes: ['d'] }, { roles: ['user'], scopes: ['c'] }],
  ['nothing', { roles: undefined, scope: undefined }, { roles: [], scopes: [] }],
])('Z2 rights come from the claims roles, scope and scopes: %s', async (_name, claims, rights) => {
  await start();
  const client = await connect(await mintToken({ ...claims }));
  expect(await client.request('rights')).toMatchObject({ data: rights });
  await client.close();
});

it('Z2 a custom mapper decides what a JWT allows', async () => {
  await start(KeycloakMapper);
  const [moderator, admin] = [
    await connect(await mintToken(KEYCLOAK)),
    await connect(await mintToken({ roles: ['moderator'] })),
  ];
  expect(await moderator.request('rights')).toMatchObject({
    data: { roles: ['moderator'], scopes: ['chat:read', 'chat:write'] },
  });
  expect(await moderator.request('moderate')).toMatchObject({ data: true });
  expect(await admin.request('moderate')).toMatchObject({ data: { code: 'FORBIDDEN' } });
  await Promise.all([moderator.close(), admin.close()]);
});

it('Z2 a custom mapper decides what an opaque token allows', async () => {
  const provider = await IdentityProvider.start();
  provider.tokens.set('opaque', { active: true, sub: 'alice', ...KEYCLOAK });
  await start(KeycloakMapper, {
    jwtSecret: undefined,
    authTimeoutMs: 60_000,
    introspectionUrl: `${provider.issuer}/introspect`,
    introspectionClientId: 'chat',
    introspectionClientSecret: 'secret',
  });
  const client = await connect('opaque');
  expect(await client.request('moderate')).toMatchObject({ data: true });
  await client.close();
  await provider.close();
});

it.each<[string, unknown]>([
  ['nothing', undefined],
  ['a text', 'moderator'],
  ['a set', new Set(['moderator'])],
  ['a promise', Promise.resolve(['moderator'])],
  ['a list with something else', ['moderator', 7]],
  ['a list with a hole', Array.from({ length: 1 })],
])('Z2 a mapper that returns %s accepts no token', async (_name, rubbish) => {
  class RubbishRoles extends PrincipalMapper {
    override rolesOf(): readonly string[] {
      return rubbish as readonly string[];
    }
  }
  class RubbishScopes extends PrincipalMapper {
    override scopesOf(): readonly string[] {
      return rubbish as readonly string[];
    }
  }
  for (const mapper of [RubbishRoles, RubbishScopes]) {
    await start(mapper);
    expect(await refused(await mintToken())).toMatchObject({
      status: 503,
      body: { code: 'AUTH_UNAVAILABLE' },
    });
    await running.close();
  }
});

it('Z2 a mapper that throws accepts no token, and may refuse a token explicitly', async () => {
  class ThrowingMapper extends PrincipalMapper {
    override rolesOf({ tenant, realm_access: access }: Record<string, unknown>): readonly string[] {
      if (tenant !== 'acme') throw new InvalidCredentialError('another tenant');
      return (access as { roles: string[] }).roles;
    }
  }
  await start(ThrowingMapper);
  expect(await refused(await mintToken({ tenant: 'acme' }))).toMatchObject({
    status: 503,
    body: { code: 'AUTH_UNAVAILABLE' },
  });
  expect(await refused(await mintToken())).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
  await (await connect(await mintToken({ tenant: 'acme', ...KEYCLOAK }))).close();
});

it('changing a list that the mapper kept does not change the rights of a connection', async () => {
  const kept = ['user'];
  class KeepingMapper extends PrincipalMapper {
    override rolesOf(): readonly string[] {
      return kept;
    }
  }
  await start(KeepingMapper);
  const client = await connect(await mintToken());
  kept.push('moderator');
  expect(await client.request('moderate')).toMatchObject({ data: { code: 'FORBIDDEN' } });
  await client.close();
});
