import { OPTIONS } from './options.schema.js';
import './resolve-options.js';
import { declareVariables, unknownVariables } from './unknown-variables.js';

const namesIn = (environment: Record<string, string>): string[] =>
  unknownVariables(environment).map(({ name }) => name);

it('C6 knows every variable and its *_FILE form', () => {
  const known = Object.values(OPTIONS).flatMap((option) => [
    option.variable,
    ...('file' in option ? [option.file] : []),
  ]);
  expect(known).toContain('WS_JWT_SECRET_FILE');
  expect(namesIn(Object.fromEntries(known.map((name) => [name, 'x'])))).toEqual([]);
});

it('C6 reports unknown variables with the nearest name, and never their values', () => {
  const problems = unknownVariables({
    WS_JWT_AUD: 'canary',
    WS_ALLOWED_ORIGIN: 'canary',
    WS_JWT_SECRT_FILE: '/canary',
    WS_REDIS_URI: 'redis://canary',
    PATH: 'canary',
    JWT_SECRET: 'canary',
    WSS_URL: 'canary',
  });
  expect(problems.map(({ name, message }) => `${name}: ${message}`)).toEqual([
    expect.stringMatching(/^WS_ALLOWED_ORIGIN: is not a variable .*; did you mean WS_ALLOWED_ORIGINS\?$/),
    expect.stringMatching(/^WS_JWT_AUD: .*; did you mean WS_JWT_AUDIENCE\?$/),
    expect.stringMatching(/^WS_JWT_SECRT_FILE: .*; did you mean WS_JWT_SECRET_FILE\?$/),
    expect.stringMatching(/^WS_REDIS_URI: .* WS_REDIS_URL/),
  ]);
  expect(JSON.stringify(problems)).not.toContain('canary');
});

it('C6 ignores an empty variable, and keeps a name on one line', () => {
  expect(namesIn({ WS_NOTHING: '' })).toEqual([]);
  expect(namesIn({ 'WS_\nWS_JWT_SECRET: \u001b[2J': 'x' })).toEqual(['WS_?WS_JWT_SECRET????2J']);
});

it('C6 accepts variables that another entry point declares', () => {
  declareVariables('WS_OF_ANOTHER_ENTRY_POINT');
  expect(namesIn({ WS_OF_ANOTHER_ENTRY_POINT: 'x' })).toEqual([]);
});
