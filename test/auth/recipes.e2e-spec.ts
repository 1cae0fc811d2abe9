import { readFileSync } from 'node:fs';
import { SubscribeMessage } from '@nestjs/websockets';
import {
  CurrentPrincipal,
  OPTIONS,
  type Principal,
  SecureGateway,
  type SecurityEvent,
  SecurityEvents,
  type WsSecurityOptions,
} from 'nestjs-ws-security';
import { readOptions } from '../../src/options/resolve-options.js';
import { IdentityProvider, json } from '../support/identity-provider.js';
import { forged, rawSignature, signingKey } from '../support/signing-keys.js';
import { startApp, type RunningApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';

@SecureGateway({ path: '/ws' })
class WhoGateway {
  @SubscribeMessage('who')
  who(@CurrentPrincipal() { id, issuer, roles, scopes }: Principal): object {
    return { id, issuer, roles, scopes };
  }
}

type Claims = Record<string, unknown>;

interface Recipe {
  settings: Record<string, string>;
  header: Claims & { kid: string };
  claims: Claims & { iat: number; iss: string };
  principal: object;
}

const FOLDER = 'docs/recipes';
const PAGES = ['keycloak', 'auth0', 'entra-id', 'cognito', 'clerk', 'okta', 'firebase'].map(
  (name) => `${name}.md`,
);
const key = signingKey('RSA');

let provider: IdentityProvider;
let running: RunningApp;
let events: SecurityEvent[];

beforeEach(async () => {
  provider = await IdentityProvider.start();
  events = [];
});

afterEach(async () => {
  await running.close();
  await provider.close();
});

/** The parts of a page. */
function recipeOf(text: string): Recipe {
  const blocks = (language: string): string[] =>
    [...text.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\`$`, 'gm'))].map(
      ([, block]) => block as string,
    );
  const lines = (blocks('sh')[0] ?? '').trim().split('\n');
  const settings = Object.fromEntries(lines.map((line) => line.split(/=(.*)/) as [string, string]));
  const [header, claims, principal] = blocks('json').map((block) => JSON.parse(block) as unknown);
  return { settings, header, claims, principal } as Recipe;
}

/** The page, with the test's provider at the place of the real one. */
function recipeHere(page: string): Recipe {
  const text = readFileSync(`${FOLDER}/${page}`, 'utf8');
  const { origin } = new URL(recipeOf(text).claims.iss);
  const recipe = recipeOf(text.replaceAll(origin, provider.issuer));
  const { iss } = recipe.claims;
  const metadata = `${new URL(iss).pathname.replace(/\/$/, '')}/.well-known/openid-configuration`;
  provider.answers.set(metadata, json({ issuer: iss, jwks_uri: `${provider.issuer}/jwks` }));
  provider.keys = [key.jwk(recipe.header.kid)];
  return recipe;
}

/** The settings of a page as options, which take the same texts. */
function optionsOf(settings: Record<string, string>): WsSecurityOptions {
  const named = Object.entries(OPTIONS).map(([name, { variable }]) => [name, settings[variable]]);
  return Object.fromEntries(named.filter(([, value]) => value !== undefined)) as WsSecurityOptions;
}

/** A token of the page, issued now. */
function tokenOf({ header, claims }: Recipe, changes: Claims = {}): string {
  const later = Math.floor(Date.now() / 1000) - claims.iat;
  const moved = ['iat', 'nbf', 'exp', 'auth_time'].flatMap((name) =>
    typeof claims[name] === 'number' ? [[name, claims[name] + later]] : [],
  );
  return forged(header, { ...claims, ...Object.fromEntries(moved), ...changes }, rawSignature(key));
}

async function start(settings: Record<string, string>): Promise<void> {
  running = await startApp({
    gateways: [WhoGateway],
    options: { jwtSecret: undefined, authTimeoutMs: 60_000, ...optionsOf(settings) },
  });
  running.app.get(SecurityEvents).events.subscribe((event) => events.push(event));
}

it.each(PAGES)(
  'the settings of %s accept the token of the page, and read its roles and scopes',
  async (page) => {
    const recipe = recipeHere(page);
    await start(recipe.settings);
    const client = await TestClient.connect(`${running.url}/ws`, { token: tokenOf(recipe) });
    expect((await client.request('who')).data).toEqual(recipe.principal);
    await client.close();
  },
);

it.each(PAGES)('the settings of %s refuse tokens for another service and of another issuer', async (page) => {
  const recipe = recipeHere(page);
  await start(recipe.settings);
  const refusedFor = async (changes: Claims): Promise<unknown> => {
    expect(await TestClient.refused(`${running.url}/ws`, { token: tokenOf(recipe, changes) })).toMatchObject({
      status: 401,
    });
    return (events.at(-1) as { check?: unknown } | undefined)?.check;
  };
  const claim = recipe.settings['WS_JWT_AUDIENCE_CLAIM'] ?? 'aud';
  expect(await refusedFor({ [claim]: 'other' })).toBe('audience');
  expect(await refusedFor({ [claim]: undefined })).toBe('audience');
  expect(await refusedFor({ iss: `${recipe.claims.iss}x` })).toBe('issuer');
  expect(await refusedFor({ sub: undefined })).toBe('subject');
});

it.each(PAGES)('the settings of %s are enough in production', async (page) => {
  const { settings } = recipeOf(readFileSync(`${FOLDER}/${page}`, 'utf8'));
  expect(readOptions({}, { NODE_ENV: 'production', ...settings }).problems).toEqual([]);
  const variables: string[] = Object.values(OPTIONS).map(({ variable }) => variable);
  expect(variables).toEqual(expect.arrayContaining(Object.keys(settings)));
  await start(recipeHere(page).settings);
});
