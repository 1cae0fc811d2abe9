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
