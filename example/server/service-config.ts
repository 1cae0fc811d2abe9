import { randomBytes } from 'node:crypto';

interface ServiceConfig {
  host: string;
  port: number;
  plainHttp: boolean;
}

/** Where the reference service listens. */
export function serviceConfig(env: NodeJS.ProcessEnv = process.env): ServiceConfig {
  return {
    host: env['HOST'] ?? '127.0.0.1',
    port: Number(env['PORT'] ?? 3443),
    plainHttp: env['PLAIN_HTTP'] === '1',
  };
}

export const isProduction = process.env['NODE_ENV'] === 'production';

const VERIFIERS = [
  'WS_JWT_SECRET',
  'WS_JWT_SECRET_FILE',
  'WS_JWT_PUBLIC_KEY',
  'WS_JWT_JWKS_URI',
  'WS_OIDC_ISSUER',
  'WS_INTROSPECTION_URL',
  'WS_API_KEYS_FILE',
];

let generated: string | undefined;

/**
 * A signing secret for a first look, different at every start, unless a verifier is configured. In production there is none: the configured one
 * is missing then, and the start fails.
 */
export function developmentSecret(): string | undefined {
  if (isProduction || VERIFIERS.some((name) => process.env[name])) return undefined;
  if (generated === undefined) {
    generated = randomBytes(48).toString('base64');
    console.log(`WS_JWT_SECRET is not set. Development secret of this run: ${generated}`);
  }
  return generated;
}
