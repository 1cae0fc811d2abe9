import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WsConfigurationError } from '../errors/configuration.error.js';
import { OPTIONS } from './options.schema.js';
import { resolveOptions } from './resolve-options.js';

const SECRET = 'x'.repeat(32);

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
  it('takes what is given before the environment before the default', () => {
    const environment = { WS_RATE_LIMIT: '7', WS_RATE_TTL_MS: '500' };
    expect(resolveOptions({ rateLimit: 9, rateTtlMs: undefined }, environment)).toMatchObject({
      rateLimit: 9,
      rateTtlMs: 500,
      maxPayloadBytes: 65_536,
      production: false,
    });
  });

  it('counts an empty variable as not set', () => {
    expect(resolveOptions({}, { WS_RATE_LIMIT: '', WS_JWT_SECRET: '' })).toMatchObject({ rateLimit: 100 });
  });

  it('C1 lists everything that is wrong at once, one line each', () => {
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
    expect(problems[3]).toBe('WS_RATE_LIMIT: must be a whole number from 1 to 100000');
  });

  it.each([
    'https://app.test/',
    'ftp://app.test',
    'https://app.test:443',
    'https://APP.test',
    'null',
    'https://a*.test',
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

  it('T1 requires TLS in production, and elsewhere when asked to', () => {
    expect(resolveOptions({}, { NODE_ENV: 'production' }).requireTls).toBe(true);
    expect(resolveOptions({}, {}).requireTls).toBe(false);
    expect(resolveOptions({}, { WS_REQUIRE_TLS: 'true' }).requireTls).toBe(true);
  });

  it.each([
    ['WS_REQUIRE_TLS', 'yes'],
    ['WS_TLS_MIN_VERSION', 'TLSv1.1'],
    ['WS_TLS_MIN_VERSION', 'tlsv1.3'],
    ['WS_TLS_CERT_FILE', '/nowhere/cert.pem'],
    ['WS_TRUSTED_PROXIES', '10.0.0.0/33'],
    ['WS_TRUSTED_PROXIES', '10.0.0'],
    ['WS_TRUSTED_PROXIES', '0x7f.1'],
    ['WS_TRUSTED_PROXIES', 'fd00::/129'],
    ['WS_TRUSTED_PROXIES', 'proxy.test'],
    ['WS_ALLOWED_HOSTS', 'https://app.test'],
    ['WS_ALLOWED_HOSTS', 'app.test/path'],
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

  it('C1 refuses half of a key pair', () => {
    const problems = problemsOf(() => resolveOptions({}, { WS_TLS_CERT_FILE: 'package.json' }));
    expect(problems).toEqual(['WS_TLS_KEY_FILE: is required beside WS_TLS_CERT_FILE']);
    expect(problemsOf(() => resolveOptions({}, { WS_TLS_CA_FILE: 'package.json' }))).toHaveLength(1);
  });

  it('C3 reads a secret from a file, without its last newline', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'options-')), 'secret');
    writeFileSync(file, `${SECRET}\n`);
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

  it('names an option that does not exist', () => {
    expect(problemsOf(() => resolveOptions({ rateLimt: 5 } as object, {}))[0]).toMatch(
      /^rateLimt: is no option/,
    );
  });
});

it('.env.example lists exactly the variables there are', () => {
  const text = readFileSync('.env.example', 'utf8');
  const listed = [...text.matchAll(/^(WS_[A-Z0-9_]+)=(.*)$/gm)].map(([, name, value]) => [name, value]);
  const known = Object.values(OPTIONS).flatMap((option) =>
    ['file' in option ? option.file : [], option.variable].flat(),
  );
  expect(listed.map(([name]) => name).toSorted()).toEqual(known.filter(Boolean).toSorted());
  expect(resolveOptions({}, Object.fromEntries(listed) as Record<string, string>)).toEqual(
    resolveOptions({}, {}),
  );
});
