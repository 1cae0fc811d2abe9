import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { certificate } from '../../test/support/certificate.js';
import { signingKey } from '../../test/support/signing-keys.js';
import { WsConfigurationError } from '../errors/configuration.error.js';
import { OPTIONS } from './options.schema.js';
import { variablesOf } from './options-table.js';
import { resolveOptions } from './resolve-options.js';

const SECRET = 'x'.repeat(32);

const folder = mkdtempSync(join(tmpdir(), 'options-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A file of the option that a test is about. */
function fileWith(text: string): string {
  const file = join(folder, 'file');
  writeFileSync(file, text);
  return file;
}

function problemsOf(run: () => unknown): string[] {
  try {
    run();
  } catch (error) {
    if (error instanceof WsConfigurationError)
      return error.problems.map(({ name, message }) => `${name}: ${message}`);
    throw error;
  }
  return [];
}

describe('resolveOptions', () => {
  it('prefers options to the environment, and the environment to defaults', () => {
    const environment = { WS_RATE_LIMIT: '7', WS_RATE_TTL_MS: '500' };
    expect(resolveOptions({ rateLimit: 9, rateTtlMs: undefined }, environment)).toMatchObject({
      rateLimit: 9,
      rateTtlMs: 500,
      maxPayloadBytes: 65_536,
      production: false,
    });
  });

  it.each([
    'rateLimit',
    'connectRateLimit',
    'authFailureLimit',
    'strikeLimit',
    'frameRate',
    'frameBurst',
  ] as const)('allows a very high %s', (name) =>
    expect(resolveOptions({ [name]: 10_000_000 }, {})[name]).toBe(10_000_000),
  );

  it.each(['maxBufferedChunks', 'maxBufferedBytes', 'resumeTtlMs'] as const)('allows a very low %s', (name) =>
    expect(resolveOptions({ [name]: 1 }, {})[name]).toBe(1),
  );

  it('treats an empty variable as not set', () => {
    expect(resolveOptions({}, { WS_RATE_LIMIT: '', WS_JWT_SECRET: '' })).toMatchObject({ rateLimit: 100 });
  });

  it('C1 lists all problems at once, one line each', () => {
    const environment = {
      WS_RATE_LIMIT: '-1',
      WS_RATE_TTL_MS: 'NaN',
      WS_MAX_PAYLOAD_BYTES: '1e3',
      WS_HEARTBEAT_INTERVAL_MS: '0.5',
      WS_JWT_SECRET: 'canary-short',
      WS_ALLOWED_ORIGINS: 'example.com, https://ok.test, https://*.com',
    };
    const problems = problemsOf(() => resolveOptions({}, environment));
    expect(problems.map((problem) => problem.split(':')[0])).toEqual([
      'WS_ALLOWED_ORIGINS',
      'WS_JWT_SECRET',
      'WS_MAX_PAYLOAD_BYTES',
      'WS_RATE_LIMIT',
      'WS_RATE_TTL_MS',
      'WS_HEARTBEAT_INTERVAL_MS',
    ]);
    expect(problems.join('\n')).not.toContain('canary');
    expect(problems[3]).toBe('WS_RATE_LIMIT: must be a whole number from 1 to 10000000');
  });

  it.each([
    'https://app.test/',
    'ftp://app.test',
    'https://app.test:443',
    'https://APP.test',
    'null',
    'https://a*.test',
    'https://.app.test',
    'https://app..test',
    'https://app.test.',
  ])('C1 refuses %s as an origin', (origin) => {
    expect(problemsOf(() => resolveOptions({ allowedOrigins: [origin] }, {}))).toHaveLength(1);
  });

  it('C2 refuses a wildcard origin in production only', () => {
    expect(resolveOptions({ allowedOrigins: ['*'] }, {}).allowedOrigins).toEqual(['*']);
    const [problem] = problemsOf(() =>
      resolveOptions({}, { NODE_ENV: 'production', WS_ALLOWED_ORIGINS: '*' }),
    );
    expect(problem).toMatch(/^WS_ALLOWED_ORIGINS: must name origins/);
  });

  it('C2 lists every weakness in production', () => {
    const environment = {
      NODE_ENV: 'production',
      WS_JWT_SECRET: SECRET,
      WS_REQUIRE_TLS: 'false',
      WS_ALLOWED_ORIGINS: '*',
      WS_ALLOWED_HOSTS: '*',
      WS_TRUSTED_PROXIES: '10.0.0.0/8, 0.0.0.0/0',
    };
    const problems = problemsOf(() => resolveOptions({}, environment));
    expect(problems.map((problem) => problem.split(':')[0])).toEqual([
      'WS_ALLOWED_ORIGINS',
      'WS_ALLOWED_HOSTS',
      'WS_REQUIRE_TLS',
      'WS_TRUSTED_PROXIES',
      'WS_JWT_ISSUER',
      'WS_JWT_AUDIENCE',
    ]);
    const development = { ...environment, NODE_ENV: 'development' };
    expect(problemsOf(() => resolveOptions({}, development))).toEqual([]);
  });

  it('C1 C2 lists invalid values together with weaknesses and contradictions', () => {
    const environment = {
      NODE_ENV: 'production',
      WS_RATE_LIMIT: 'many',
      WS_TLS_CERT_FILE: '/nonexistent',
      WS_ALLOWED_ORIGINS: '*',
      WS_JWT_SECRET: 'canary-short',
      WS_JWT_PUBLIC_KEY: 'canary-key',
      WS_INTROSPECTION_URL: 'http://id.test',
    };
    const problems = problemsOf(() => resolveOptions({}, environment));
    expect(problems.map((problem) => problem.split(':')[0]).toSorted()).toEqual([
      'WS_ALLOWED_ORIGINS',
      'WS_INTROSPECTION_CLIENT_ID',
      'WS_INTROSPECTION_CLIENT_SECRET',
      'WS_INTROSPECTION_URL',
      'WS_JWT_AUDIENCE',
      'WS_JWT_ISSUER',
      'WS_JWT_PUBLIC_KEY',
      'WS_JWT_SECRET',
      'WS_RATE_LIMIT',
      'WS_TLS_CERT_FILE',
      'WS_TLS_KEY_FILE',
    ]);
    expect(problems.join('\n')).not.toContain('canary');
  });

  it.each([
    ['for a key that cannot be read', { WS_JWT_PUBLIC_KEY: 'garbage', WS_JWT_ALGORITHMS: 'RS256' }],
    ['for a secret that is too short', { WS_JWT_SECRET: 'short', WS_JWT_PREVIOUS_SECRETS: SECRET }],
    [
      'for an issuer that is not a URL',
      { NODE_ENV: 'production', WS_OIDC_ISSUER: 'id', WS_JWT_AUDIENCE: 'chat' },
    ],
    ['for the algorithm none in a list', { WS_JWT_SECRET: SECRET, WS_JWT_ALGORITHMS: 'HS256,none' }],
  ])('C1 reports one problem, not two, %s', (_name, environment) => {
    expect(problemsOf(() => resolveOptions({}, environment))).toHaveLength(1);
  });

  it('T1 requires TLS in production, and elsewhere when configured', () => {
    expect(resolveOptions({}, { NODE_ENV: 'production' }).requireTls).toBe(true);
    expect(resolveOptions({}, {}).requireTls).toBe(false);
    expect(resolveOptions({}, { WS_REQUIRE_TLS: 'true' }).requireTls).toBe(true);
  });

  it.each([
    ['WS_REQUIRE_TLS', 'yes'],
    ['WS_TLS_MIN_VERSION', 'TLSv1.1'],
    ['WS_TLS_MIN_VERSION', 'tlsv1.3'],
    ['WS_TRUSTED_PROXIES', '10.0.0.0/33'],
    ['WS_TRUSTED_PROXIES', '10.0.0'],
    ['WS_TRUSTED_PROXIES', '0x7f.1'],
    ['WS_TRUSTED_PROXIES', 'fd00::/129'],
    ['WS_TRUSTED_PROXIES', 'proxy.test'],
    ['WS_TRUSTED_PROXIES', 'Loopback'],
    ['WS_TRUSTED_PROXIES', 'unix:/run/app.sock'],
    ['WS_TRUSTED_PROXIES', 'constructor'],
    ['WS_ALLOWED_ORIGINS', 'wss://app.example.com'],
    ['WS_ALLOWED_ORIGINS', 'file://localhost'],
    ['WS_ALLOWED_ORIGINS', 'capacitor://'],
    ['WS_ALLOWED_ORIGINS', 'capacitor://localhost/'],
    ['WS_ALLOWED_ORIGINS', 'chrome-extension://*'],
    ['WS_ALLOWED_ORIGINS', 'Tauri://localhost'],
    ['WS_ALLOWED_ORIGINS', 'null'],
    ['WS_ALLOWED_HOSTS', 'https://app.test'],
    ['WS_ALLOWED_HOSTS', 'app.test/path'],
    ['WS_ALLOWED_HOSTS', 'app.test:65536'],
    ['WS_ALLOWED_HOSTS', 'app.test:0'],
    ['WS_IPV6_PREFIX', '129'],
    ['WS_IPV6_PREFIX', '0'],
    ['WS_REJECT_WITH', 'nothing'],
    ['WS_CONNECT_RATE_LIMIT', '0'],
    ['WS_AUTH_FAILURE_TTL_MS', '1.5'],
    ['WS_MAX_CONNECTIONS', 'Infinity'],
    ['WS_MAX_CONNECTIONS_PER_USER', '-1'],
    ['WS_AUTH_TIMEOUT_MS', '5s'],
    ['WS_LOG_SECURITY_EVENTS', '1'],
  ])('C1 refuses %s=%s', (name, value) => {
    const [problem, ...others] = problemsOf(() => resolveOptions({}, { [name]: value }));
    expect(problem).toMatch(new RegExp(`^${name}: (must|each entry must)`));
    expect(others).toEqual([]);
  });

  it('C1 refuses a certificate without its key', () => {
    const problems = problemsOf(() => resolveOptions({}, { WS_TLS_CERT_FILE: 'package.json' }));
    expect(problems).toEqual(['WS_TLS_KEY_FILE: is required if WS_TLS_CERT_FILE is set']);
    expect(problemsOf(() => resolveOptions({}, { WS_TLS_CA_FILE: 'package.json' }))).toHaveLength(1);
  });

  it('C3 reads a secret from a file, without its last newline', () => {
    const file = fileWith(`${SECRET}\n`);
    expect(resolveOptions({}, { WS_JWT_SECRET_FILE: file }).jwtSecret).toBe(SECRET);
    expect(
      problemsOf(() => resolveOptions({}, { WS_JWT_SECRET_FILE: file, WS_JWT_SECRET: SECRET })),
    ).toHaveLength(1);
    expect(problemsOf(() => resolveOptions({}, { WS_JWT_SECRET_FILE: `${file}-missing` }))[0]).toMatch(
      /ENOENT/,
    );
  });

  it('N11 refuses a secret under 32 bytes and counts bytes, not characters', () => {
    expect(problemsOf(() => resolveOptions({ jwtSecret: 'x'.repeat(31) }, {}))).toHaveLength(1);
    expect(resolveOptions({ jwtSecret: 'é'.repeat(16) }, {}).jwtSecret).toHaveLength(16);
  });

  it.each<[string, RegExp]>([
    ['rateLimt', /^rateLimt: is not an option; did you mean rateLimit\?$/],
    ['connectGuard', /^connectGuard: is not an option; did you mean connectGuards\?$/],
    [
      'guards',
      /^guards: is not an option that useFactory can return; .* forRootAsync\(\{ guards, useFactory/,
    ],
    ['WS_RATE_LIMIT', /^WS_RATE_LIMIT: is an environment variable; the option is rateLimit$/],
    ['somethingElseAltogether', /^somethingElseAltogether: is not an option; the options are requireTls, /],
  ])('C6 suggests the right name for the unknown option %s', (name, problem) => {
    expect(problemsOf(() => resolveOptions({ [name]: 5 }, {}))).toEqual([expect.stringMatching(problem)]);
  });

  it.each([null, 'rateLimit', 5, [], [{ rateLimit: 5 }]])('C1 refuses %p instead of options', (given) => {
    const [problem, ...others] = problemsOf(() => resolveOptions(given as object, {}));
    expect(problem).toMatch(/^WsSecurityModule: must be given an object of options, not (null|a |an )/);
    expect(others).toEqual([]);
  });

  it('C7 adds the other problems of the application, and variables that nothing reads', () => {
    const further = {
      ofSettings: () => [{ name: 'WsSecurityModule', message: 'has a wrong setting' }],
      beside: () => [
        { name: 'ChatGateway', message: 'is not protected' },
        { name: 'WsSecurityModule', message: 'has a wrong setting' },
      ],
    };
    const environment = { WS_RATE_LIMIT: 'x', WS_JWT_AUD: 'canary' };
    const problems = problemsOf(() => resolveOptions({}, environment, further));
    expect(problems.map((problem) => problem.split(':')[0])).toEqual([
      'WS_RATE_LIMIT',
      'WsSecurityModule',
      'ChatGateway',
      'WS_JWT_AUD',
    ]);
    expect(problemsOf(() => resolveOptions({}, {}, further))).toHaveLength(2);
    // An unknown variable alone does not prevent the start.
    expect(problemsOf(() => resolveOptions({}, { WS_JWT_AUD: 'canary' }))).toEqual([]);
  });

  it.each([Buffer.from(SECRET), 5, 'short'])(
    'C7 treats an invalid secret as present: %p in production also needs issuer and audience',
    (jwtSecret) => {
      const problems = problemsOf(() =>
        resolveOptions({ jwtSecret: jwtSecret as string }, { NODE_ENV: 'production' }),
      );
      expect(problems.map((problem) => problem.split(':')[0])).toEqual([
        'WS_JWT_SECRET',
        'WS_JWT_ISSUER',
        'WS_JWT_AUDIENCE',
      ]);
    },
  );
});

const pem = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString();

describe('options of verifiers', () => {
  const rsa = signingKey('RSA');
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const PUBLIC = 'https://id.test/keys';
  const names = (environment: Record<string, string>): string[] =>
    problemsOf(() => resolveOptions({}, environment)).map((problem) => problem.split(':')[0] as string);

  it.each([
    ['RSA', rsa.publicPem],
    ['EC', pem(ec.publicKey)],
    ['Ed25519', pem(generateKeyPairSync('ed25519').publicKey)],
    ['RSA on one line', rsa.publicPem.replaceAll('\n', '\\n')],
  ])('accepts a public key: %s', (_name, key) => {
    expect(resolveOptions({}, { WS_JWT_PUBLIC_KEY: key }).jwtPublicKey).toMatch(
      /^-----BEGIN PUBLIC KEY-----\n/,
    );
  });

  it('accepts a certificate', async () => {
    const { cert } = await certificate();
    expect(names({ WS_JWT_PUBLIC_KEY: cert })).toEqual([]);
  });

  it.each([
    ['RSA of 1024 bits', pem(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey)],
    ['another curve', pem(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey)],
    ['a key for agreement', pem(generateKeyPairSync('x25519').publicKey)],
    ['a private key', (rsa.key as KeyObject).export({ type: 'pkcs8', format: 'pem' }).toString()],
    ['two keys', rsa.publicPem + pem(ec.publicKey)],
    ['half a key', rsa.publicPem.slice(0, 200)],
    ['text', 'canary'],
  ])('N11 refuses as a public key: %s', (_name, key) => {
    const [problem, ...others] = problemsOf(() => resolveOptions({}, { WS_JWT_PUBLIC_KEY: key }));
    expect(problem).toMatch(/^WS_JWT_PUBLIC_KEY: must be one public key or certificate in PEM/);
    expect(problem).not.toContain('canary');
    expect(others).toEqual([]);
  });

  it('C4 reads previous secrets, which must be long enough and need a current one', () => {
    const previous = `${'a'.repeat(32)}, ${'b'.repeat(32)}`;
    const environment = { WS_JWT_SECRET: SECRET, WS_JWT_PREVIOUS_SECRETS: previous };
    expect(resolveOptions({}, environment).jwtPreviousSecrets).toEqual(['a'.repeat(32), 'b'.repeat(32)]);
    expect(names({ WS_JWT_PREVIOUS_SECRETS: previous })).toEqual(['WS_JWT_SECRET']);
    const [problem] = problemsOf(() =>
      resolveOptions({}, { ...environment, WS_JWT_PREVIOUS_SECRETS: `${SECRET},canary` }),
    );
    expect(problem).toBe('WS_JWT_PREVIOUS_SECRETS: each entry must be at least 32 bytes long');
    const file = fileWith(`${previous}\n`);
    expect(
      resolveOptions({}, { WS_JWT_SECRET: SECRET, WS_JWT_PREVIOUS_SECRETS_FILE: file }).jwtPreviousSecrets,
    ).toHaveLength(2);
  });

  it.each([
    ['WS_JWT_PUBLIC_KEY', rsa.publicPem],
    ['WS_JWT_JWKS_URI', PUBLIC],
    ['WS_OIDC_ISSUER', 'https://id.test'],
  ])('N3 refuses a secret beside %s', (name, value) => {
    expect(names({ WS_JWT_SECRET: SECRET, [name]: value })).toEqual([name]);
    expect(names({ [name]: value })).toEqual([]);
  });

  it.each<[string, Record<string, string>, boolean]>([
    ['HS256', { WS_JWT_SECRET: SECRET }, true],
    ['HS384', { WS_JWT_SECRET: SECRET }, false],
    ['HS256,HS512', { WS_JWT_SECRET: 'x'.repeat(64) }, true],
    ['HS512', { WS_JWT_SECRET: 'x'.repeat(64), WS_JWT_PREVIOUS_SECRETS: SECRET }, false],
    ['none', { WS_JWT_SECRET: SECRET }, false],
    ['HS256,none', { WS_JWT_SECRET: SECRET }, false],
    ['hs256', { WS_JWT_SECRET: SECRET }, false],
    [',', { WS_JWT_SECRET: SECRET }, false],
    ['RS256', { WS_JWT_SECRET: SECRET }, false],
    ['HS256,RS256', { WS_JWT_JWKS_URI: PUBLIC }, false],
    ['HS256', { WS_JWT_JWKS_URI: PUBLIC }, false],
    ['RS256,ES256,EdDSA', { WS_JWT_JWKS_URI: PUBLIC }, true],
    ['PS512', { WS_JWT_PUBLIC_KEY: rsa.publicPem }, true],
    ['ES384', { WS_JWT_PUBLIC_KEY: pem(ec.publicKey) }, true],
    ['ES256', { WS_JWT_PUBLIC_KEY: pem(ec.publicKey) }, false],
    ['RS256', { WS_JWT_PUBLIC_KEY: pem(ec.publicKey) }, false],
    ['RS256', {}, false],
  ])('N2 algorithms %s with %j: %s', (algorithms, sources, isFine) => {
    expect(names({ ...sources, WS_JWT_ALGORITHMS: algorithms })).toEqual(isFine ? [] : ['WS_JWT_ALGORITHMS']);
  });

  it.each([
    ['WS_JWT_JWKS_URI', 'ftp://id.test/keys'],
    ['WS_JWT_JWKS_URI', 'https://user:canary@id.test/keys'],
    ['WS_JWT_JWKS_URI', 'id.test'],
    ['WS_OIDC_ISSUER', 'https://id.test?a=b'],
    ['WS_OIDC_ISSUER', 'https://id.test#a'],
    ['WS_JWT_TYPE', 'at jwt'],
  ])('C1 refuses %s=%s', (name, value) => {
    expect(names({ [name]: value })).toEqual([name]);
  });

  it('N7 refuses an issuer when no verifier would check it', () => {
    const environment = { WS_OIDC_ISSUER: 'https://id.test', WS_JWT_ISSUER: 'https://id.test/' };
    expect(names(environment)).toEqual(['WS_JWT_ISSUER']);
    expect(names({ ...environment, WS_JWT_ISSUER: 'https://id.test' })).toEqual([]);
    expect(names({ ...environment, WS_JWT_JWKS_URI: PUBLIC })).toEqual([]);
    const several = { WS_OIDC_ISSUER: 'https://a.test,https://b.test', WS_JWT_ISSUER: 'https://b.test' };
    expect(names(several)).toEqual([]);
    expect(names({ ...several, WS_JWT_ISSUER: 'https://b.test,https://c.test' })).toEqual(['WS_JWT_ISSUER']);
  });

  it('N7 refuses the claim of an audience without an audience', () => {
    expect(names({ WS_JWT_AUDIENCE_CLAIM: 'azp' })).toEqual(['WS_JWT_AUDIENCE']);
    expect(names({ WS_JWT_AUDIENCE_CLAIM: 'azp', WS_JWT_AUDIENCE: 'chat' })).toEqual([]);
  });

  it('N7 refuses keys without an issuer of their own beside an OpenID provider', () => {
    const environment = { WS_OIDC_ISSUER: 'https://id.test', WS_JWT_JWKS_URI: PUBLIC };
    expect(names(environment)).toEqual(['WS_JWT_ISSUER']);
    expect(names({ ...environment, WS_JWT_ISSUER: 'https://id.test' })).toEqual(['WS_JWT_ISSUER']);
    expect(names({ ...environment, WS_JWT_ISSUER: 'https://id.test,https://other.test' })).toEqual([]);
  });

  it.each([
    'WS_OIDC_ISSUER',
    'WS_JWT_ISSUER',
    'WS_JWT_AUDIENCE',
    'WS_JWT_ROLES_CLAIM',
    'WS_JWT_SCOPES_CLAIM',
  ])('C1 reads %s as a list with at least one entry', (name) => {
    expect(names({ WS_JWT_SECRET: '', [name]: 'https://a.test, https://b.test' })).toEqual([]);
    expect(names({ [name]: ' , ' })).toEqual([name]);
  });

  it('C1 requires all introspection options or none of them', () => {
    const all = {
      WS_INTROSPECTION_URL: 'https://id.test/introspect',
      WS_INTROSPECTION_CLIENT_ID: 'chat',
      WS_INTROSPECTION_CLIENT_SECRET: 'canary',
    };
    expect(names(all)).toEqual([]);
    expect(names({ ...all, WS_INTROSPECTION_CLIENT_ID: '' })).toEqual(['WS_INTROSPECTION_CLIENT_ID']);
    // What cannot be read is set, so nobody is told to set it.
    for (const twin of [fileWith('canary'), '/nonexistent'])
      expect(names({ ...all, WS_INTROSPECTION_CLIENT_SECRET_FILE: twin })).toEqual([
        'WS_INTROSPECTION_CLIENT_SECRET_FILE',
      ]);
    expect(
      names({
        ...all,
        WS_INTROSPECTION_CLIENT_SECRET: '',
        WS_INTROSPECTION_CLIENT_SECRET_FILE: '/nonexistent',
      }),
    ).toEqual(['WS_INTROSPECTION_CLIENT_SECRET_FILE']);
    expect(names({ WS_INTROSPECTION_CLIENT_SECRET_FILE: fileWith('canary') })).toEqual([
      'WS_INTROSPECTION_URL',
      'WS_INTROSPECTION_CLIENT_ID',
    ]);
  });

  it('C2 T7 requires https, issuer and audience in production', () => {
    const weak = {
      NODE_ENV: 'production',
      WS_JWT_JWKS_URI: 'http://id.test/keys',
      WS_INTROSPECTION_URL: 'http://id.test/introspect',
      WS_INTROSPECTION_CLIENT_ID: 'chat',
      WS_INTROSPECTION_CLIENT_SECRET: 'canary',
    };
    expect(names(weak)).toEqual([
      'WS_JWT_JWKS_URI',
      'WS_INTROSPECTION_URL',
      'WS_JWT_ISSUER',
      'WS_JWT_AUDIENCE',
    ]);
    expect(names({ NODE_ENV: 'production', WS_OIDC_ISSUER: 'http://id.test' })).toEqual([
      'WS_OIDC_ISSUER',
      'WS_JWT_AUDIENCE',
    ]);
    expect(
      names({ NODE_ENV: 'production', WS_OIDC_ISSUER: 'https://id.test', WS_JWT_AUDIENCE: 'chat' }),
    ).toEqual([]);
    expect(names({ NODE_ENV: 'production', WS_JWT_PUBLIC_KEY: rsa.publicPem })).toEqual([
      'WS_JWT_ISSUER',
      'WS_JWT_AUDIENCE',
    ]);
  });

  describe('the file of API keys', () => {
    const entry = { id: 'billing', sha256: 'aB'.repeat(32), roles: ['service'], scopes: [] };

    it.each<[string, unknown]>([
      ['no entries', []],
      ['a key', [entry]],
      ['a key that ends', [{ ...entry, expiresAt: '2030-01-01T00:00:00Z' }]],
      ['a key that ends in another zone', [{ ...entry, expiresAt: '2030-01-01T00:00:00+02:00' }]],
      ['a key that ends with a day', [{ ...entry, expiresAt: '2030-01-01' }]],
    ])('may contain %s', (_name, content) => {
      expect(names({ WS_API_KEYS_FILE: fileWith(JSON.stringify(content)) })).toEqual([]);
    });

    it.each<[string, unknown, string]>([
      ['text', 'canary', 'must be a list'],
      ['an object', { canary: entry }, 'must be a list'],
      ['an entry that is not an object', ['canary'], 'entry 1: must be an object'],
      ['a member too many', [entry, { ...entry, id: 'b', key: 'canary' }], 'entry 2: has unknown properties'],
      ['no id', [{ ...entry, id: undefined }], 'entry 1: id must be a string'],
      ['an empty id', [{ ...entry, id: '' }], 'entry 1: id must not be empty'],
      ['a short hash', [{ ...entry, sha256: 'canary' }], 'entry 1: sha256 must be 64 hexadecimal digits'],
      ['one role', [{ ...entry, roles: 'canary' }], 'entry 1: roles must be a list of strings'],
      ['no scopes', [{ ...entry, scopes: undefined }], 'entry 1: scopes must be a list of strings'],
      [
        'a date of its own',
        [{ ...entry, expiresAt: 'canary' }],
        'entry 1: expiresAt must be an ISO 8601 date',
      ],
      ['a number of seconds', [{ ...entry, expiresAt: 1 }], 'entry 1: expiresAt must be an ISO 8601 date'],
      ['one id twice', [entry, { ...entry, sha256: 'c'.repeat(64) }], 'two entries have the same id'],
      [
        'one hash twice',
        [entry, { ...entry, id: 'b', sha256: 'Ab'.repeat(32) }],
        'two entries have the same sha256',
      ],
    ])('N13 must not contain %s', (_name, content, reason) => {
      const [problem] = problemsOf(() =>
        resolveOptions({}, { WS_API_KEYS_FILE: fileWith(JSON.stringify(content)) }),
      );
      expect(problem).toMatch(/^WS_API_KEYS_FILE: must name a file with a JSON list of .*: /);
      expect(problem).toContain(reason);
      expect(problem).not.toContain('canary');
    });

    it('must exist and be JSON', () => {
      expect(problemsOf(() => resolveOptions({ apiKeysFile: '/nowhere' }, {}))[0]).toMatch(
        /read \(ENOENT\)$/,
      );
      const file = fileWith('[canary');
      expect(problemsOf(() => resolveOptions({ apiKeysFile: file }, {}))[0]).toMatch(
        /: it is not valid JSON$/,
      );
    });
  });
});

it('.env.example lists exactly the supported variables', () => {
  const text = readFileSync('.env.example', 'utf8');
  const listed = [...text.matchAll(/^(WS_[A-Z0-9_]+)=(.*)$/gm)].map(([, name, value]) => [name, value]);
  expect(listed.map(([name]) => name).toSorted()).toEqual(variablesOf(OPTIONS).toSorted());
  expect(resolveOptions({}, Object.fromEntries(listed) as Record<string, string>)).toEqual(
    resolveOptions({}, {}),
  );
});
