import { nearestName, suggestion } from './nearest-name.js';
import { OPTIONS } from './options.schema.js';

const variables = Object.values(OPTIONS).map(({ variable }) => variable);

describe('C6 suggestion()', () => {
  it.each([
    ['WS_ALLOWED_ORIGIN', 'WS_ALLOWED_ORIGINS'],
    ['WS_ALOWED_ORIGINS', 'WS_ALLOWED_ORIGINS'],
    ['WS_ORIGINS', 'WS_ALLOWED_ORIGINS'],
    ['WS_JWT_AUD', 'WS_JWT_AUDIENCE'],
    ['WS_JWT_ISS', 'WS_JWT_ISSUER'],
    ['WS_JWT_ISUSER', 'WS_JWT_ISSUER'],
    ['WS_SECRET', 'WS_JWT_SECRET'],
    ['WS_JWT_SECRET_KEY', 'WS_JWT_SECRET'],
    ['WS_JWKS_URI', 'WS_JWT_JWKS_URI'],
    ['WS_TRUSTED_PROXY', 'WS_TRUSTED_PROXIES'],
    ['WS_TLS_CERT', 'WS_TLS_CERT_FILE'],
    ['WS_MAX_PAYLOAD', 'WS_MAX_PAYLOAD_BYTES'],
    ['WS_MAX_CONN', 'WS_MAX_CONNECTIONS'],
    ['WS_RATE_LMIT', 'WS_RATE_LIMIT'],
    ['WS_HEARTBEAT_INTERVAL', 'WS_HEARTBEAT_INTERVAL_MS'],
    ['WS_REQUIRETLS', 'WS_REQUIRE_TLS'],
  ])('C6 for %s is %s', (given, meant) => {
    expect(nearestName(given, variables)).toBe(meant);
    expect(suggestion(given, variables)).toBe(`did you mean ${meant}?`);
  });

  it.each([
    ['rateLimt', 'rateLimit'],
    ['origins', 'allowedOrigins'],
    ['jwtAud', 'jwtAudience'],
    ['JWTSecret', 'jwtSecret'],
  ])('C6 for the option %s is %s', (given, meant) => {
    expect(suggestion(given, Object.keys(OPTIONS))).toBe(`did you mean ${meant}?`);
  });

  it('C6 names the nearest one without a question when no name is similar', () => {
    expect(suggestion('WS_SOMETHING_ELSE_ALTOGETHER', variables)).toMatch(/^the nearest known name is WS_/);
    expect(suggestion('x', [])).toBe('there are no known names');
  });
});
