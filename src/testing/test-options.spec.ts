import { testOptions } from './test-options.js';
import { TEST_SECRET } from './test-token.js';

const SECRET = 'x'.repeat(32);
const KEYS = 'https://id.test/keys';

const merged = (
  given: object,
  options: object,
  environment: Record<string, string> = {},
): { options: object; environment: object } => testOptions({ given, options, environment });

describe('testOptions', () => {
  it('verifies with the secret for tests, whatever keys the environment has', () => {
    const { options, environment } = merged(
      {},
      { rateLimit: 3 },
      {
        WS_JWT_SECRET: SECRET,
        WS_JWT_SECRET_FILE: '/secret',
        WS_JWT_PREVIOUS_SECRETS: SECRET,
        WS_OIDC_ISSUER: 'https://id.test',
        WS_JWT_ALGORITHMS: 'ES256',
        WS_INTROSPECTION_CLIENT_SECRET_FILE: '/secret',
        WS_API_KEYS_FILE: '/keys',
        WS_JWT_AUDIENCE: 'chat',
        WS_RATE_LIMIT: '7',
        HOME: '/home',
      },
    );
    expect(options).toMatchObject({ jwtSecret: TEST_SECRET, rateLimit: 3 });
    expect(environment).toEqual({ WS_JWT_AUDIENCE: 'chat', HOME: '/home' });
  });

  it('keeps the verifiers of a module, and what the environment adds to them', () => {
    const environment = { WS_INTROSPECTION_CLIENT_SECRET: 'hidden', WS_JWT_ALGORITHMS: 'ES256' };
    const { options, environment: left } = merged(
      { jwtJwksUri: KEYS },
      {},
      { WS_JWT_SECRET: SECRET, ...environment },
    );
    expect(options).toMatchObject({ jwtJwksUri: KEYS });
    expect(options).not.toHaveProperty('jwtSecret');
    expect(left).toEqual(environment);
  });

  it('lets keys of the test replace those that must not be beside them', () => {
    expect(
      merged({ jwtJwksUri: KEYS, jwtAlgorithms: ['ES256'], apiKeysFile: '/keys' }, { jwtSecret: SECRET })
        .options,
    ).toEqual(expect.objectContaining({ jwtSecret: SECRET, apiKeysFile: '/keys' }));
    const { options } = merged({ jwtJwksUri: KEYS, jwtAlgorithms: ['ES256'] }, { jwtSecret: SECRET });
    expect(Object.keys(options)).not.toEqual(expect.arrayContaining(['jwtJwksUri', 'jwtAlgorithms']));
    const other = merged({ jwtSecret: SECRET, jwtPreviousSecrets: [SECRET] }, { jwtJwksUri: KEYS }).options;
    expect(Object.keys(other).filter((name) => name.startsWith('jwt'))).toEqual(['jwtJwksUri']);
  });

  it('reads no option from the environment that the test sets to undefined', () => {
    expect(merged({ rateLimit: 2 }, { rateLimit: undefined }, { WS_RATE_LIMIT: '7' })).toMatchObject({
      options: { rateLimit: undefined },
      environment: {},
    });
  });
});
