import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineOptions } from './define-options.js';
import { FurtherOptions } from './further-options.js';
import { bytes, choice, flag, integer } from './option-parsers.js';
import { option, variablesOf } from './options-table.js';
import { unknownVariables } from './unknown-variables.js';

const STORE = defineOptions(
  {
    url: option('WS_STORE_URL', bytes(1, 'must not be empty').optional(), 'WS_STORE_URL_FILE'),
    outage: option('WS_STORE_OUTAGE', choice('local', 'deny').default('local')),
    timeoutMs: option('WS_STORE_TIMEOUT_MS', integer(1, 1000).default(250)),
    tls: option('WS_STORE_TLS', flag().default(false)),
  },
  {
    owner: 'StoreModule',
    contradictions: ({ url, outage }) =>
      outage === 'deny' && url === undefined
        ? [{ name: 'WS_STORE_URL', message: 'is required if WS_STORE_OUTAGE is set' }]
        : [],
    weaknesses: ({ tls }) => (tls ? [] : [{ name: 'WS_STORE_TLS', message: 'must be true in production' }]),
  },
);

const folder = mkdtempSync(join(tmpdir(), 'options-'));
afterAll(() => rmSync(folder, { recursive: true }));

const problemsOf = (given: object, environment: Record<string, string> = {}): string[] =>
  STORE.read(given, environment).problems.map(({ name, message }) => `${name}: ${message}`);

describe('a table of options', () => {
  it('prefers options to the environment, and the environment to defaults', () => {
    const environment = { WS_STORE_OUTAGE: 'deny', WS_STORE_TIMEOUT_MS: '10', WS_STORE_URL: 'store://a' };
    expect(STORE.resolve({ timeoutMs: 20 }, environment)).toEqual({
      url: 'store://a',
      outage: 'deny',
      timeoutMs: 20,
      tls: false,
    });
  });

  it('reads a secret from its *_FILE variable', () => {
    const file = join(folder, 'url');
    writeFileSync(file, 'store://secret\n');
    expect(STORE.resolve({}, { WS_STORE_URL_FILE: file }).url).toBe('store://secret');
    expect(problemsOf({}, { WS_STORE_URL_FILE: file, WS_STORE_URL: 'store://b' })).toEqual([
      'WS_STORE_URL_FILE: must not be set together with WS_STORE_URL',
    ]);
  });

  it('reports all problems at once, also those of several options together', () => {
    const environment = { NODE_ENV: 'production', WS_STORE_OUTAGE: 'deny', WS_STORE_TIMEOUT_MS: 'soon' };
    expect(problemsOf({ urll: 'x' }, environment)).toEqual([
      'urll: is not an option; did you mean url?',
      'WS_STORE_TIMEOUT_MS: must be a whole number from 1 to 1000',
      'WS_STORE_URL: is required if WS_STORE_OUTAGE is set',
      'WS_STORE_TLS: must be true in production',
    ]);
    expect(() => STORE.resolve({ timeoutMs: 0 }, { WS_STORE_TL: 'true' })).toThrow(
      /^WS_STORE_TIMEOUT_MS: must be .*\n.*WS_STORE_TL: .* did you mean WS_STORE_TLS\?/m,
    );
  });

  it('tolerates in development what is too weak for production', () => {
    expect(problemsOf({}, { NODE_ENV: 'development' })).toEqual([]);
  });

  it('lists its variables', () => {
    expect(variablesOf(STORE.table)).toContain('WS_STORE_URL_FILE');
    const environment = Object.fromEntries(variablesOf(STORE.table).map((name) => [name, 'x']));
    expect(unknownVariables(environment)).toEqual([]);
  });

  it('names its owner when it gets something other than options', () => {
    expect(problemsOf([] as object)).toEqual(['StoreModule: must be given an object of options, not a list']);
  });

  it('can be bound to options given in code', () => {
    expect(new FurtherOptions(STORE, { timeoutMs: 7 }).resolve({}).timeoutMs).toBe(7);
    expect(new FurtherOptions(STORE, { timeoutMs: 0 }).problems({})).toHaveLength(1);
  });
});
