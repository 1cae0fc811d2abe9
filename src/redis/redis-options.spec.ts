import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REDIS_OPTIONS } from './redis-options.js';

const directory = mkdtempSync(join(tmpdir(), 'ws-redis-options-'));
const file = join(directory, 'pem');
writeFileSync(file, 'redis://:canary@localhost\n');
afterAll(() => rmSync(directory, { recursive: true }));

const problemsOf = (environment: Record<string, string>): string[] =>
  REDIS_OPTIONS.read({}, environment).problems.map(({ name, message }) => `${name}: ${message}`);

describe('options of Redis', () => {
  it('have their defaults', () => {
    expect(REDIS_OPTIONS.read({}, {})).toEqual({
      problems: [],
      production: false,
      options: {
        redisPrefix: 'wss:',
        redisOutage: 'local',
        redisLimits: 'leased',
        redisTimeoutMs: 250,
        redisStaleMs: 2000,
        redisNodeTtlMs: 10_000,
        redisStreamBytes: 67_108_864,
      },
    });
  });

  it('come from variables, and what is given goes first', () => {
    const environment = { WS_REDIS_URL: 'redis://localhost', WS_REDIS_TIMEOUT_MS: '100' };
    const { options } = REDIS_OPTIONS.read({ redisTimeoutMs: 200 }, environment);
    expect(options).toMatchObject({ redisUrl: 'redis://localhost', redisTimeoutMs: 200 });
  });

  it('take the URL from a file', () => {
    expect(REDIS_OPTIONS.read({}, { WS_REDIS_URL_FILE: file }).options).toMatchObject({
      redisUrl: 'redis://:canary@localhost',
    });
    expect(problemsOf({ WS_REDIS_URL_FILE: file, WS_REDIS_URL: 'redis://a' })).toEqual([
      'WS_REDIS_URL_FILE: must not be set together with WS_REDIS_URL',
    ]);
    expect(problemsOf({ WS_REDIS_URL_FILE: join(directory, 'none') })).toEqual([
      'WS_REDIS_URL_FILE: names a file that cannot be read (ENOENT)',
    ]);
  });

  it.each([
    [{ WS_REDIS_URL: 'redis://u:canary@' }, /^WS_REDIS_URL: has a host/],
    [
      { WS_REDIS_URL: 'canary', NODE_ENV: 'production', WS_REDIS_TLS_CA_FILE: file },
      /^WS_REDIS_URL: must be a URL/,
    ],
    [{ WS_REDIS_OUTAGE: 'open' }, /^WS_REDIS_OUTAGE: must be one of local, deny, allow$/],
    [{ WS_REDIS_LIMITS: 'loose' }, /^WS_REDIS_LIMITS: must be one of/],
    [{ WS_REDIS_PREFIX: 'a{b}' }, /^WS_REDIS_PREFIX: .*braces/],
    [{ WS_REDIS_STALE_MS: '5' }, /^WS_REDIS_STALE_MS: .*from 1500/],
    [{ WS_REDIS_TLS_CERT_FILE: file }, /^WS_REDIS_TLS_KEY_FILE: is required/],
    [{ WS_REDIS_TLS_KEY_FILE: file }, /^WS_REDIS_TLS_CERT_FILE: is required/],
    [
      { WS_REDIS_URL: 'redis://localhost', WS_REDIS_TLS_CA_FILE: file },
      /^WS_REDIS_URL: must begin with rediss/,
    ],
  ])('refuse %j', (environment, message) => {
    expect(problemsOf(environment)).toEqual([expect.stringMatching(message)]);
    expect(problemsOf(environment).join()).not.toContain('canary');
  });

  it('T7 refuse Redis elsewhere without TLS in production, also when only one of its hosts is', () => {
    const inProduction = (url: string): string[] => problemsOf({ NODE_ENV: 'production', WS_REDIS_URL: url });
    for (const url of ['redis://10.0.0.1', 'redis+cluster://127.0.0.1,10.0.0.1'])
      expect(inProduction(url)).toEqual([expect.stringMatching(/^WS_REDIS_URL: .*in production/)]);
    for (const url of ['rediss://10.0.0.1', 'redis://127.0.0.1', 'redis+cluster://localhost,[::1]'])
      expect(inProduction(url)).toEqual([]);
  });
});
