import { randomBytes } from 'node:crypto';
import { isAbsolute } from 'node:path';
import { type ConfigurationProblem, WsConfigurationError } from 'nestjs-ws-security';

const MAX_PORT = 65_535;
const NODE_NAME = /^[\w.-]{1,32}$/;
/** Bytes that every system accepts as the path of a Unix socket. */
const MAX_SOCKET_PATH = 103;

export interface ServiceConfig {
  host: string;
  port: number;
  /** The path of the Unix socket to listen on instead of `host` and `port`. */
  socketPath?: string;
  plainHttp: boolean;
}

/**
 * Reads host, port or Unix socket, and protocol of the reference service, and checks its name.
 *
 * @throws WsConfigurationError
 */
export function serviceConfig(env: NodeJS.ProcessEnv = process.env): ServiceConfig {
  const port = env['PORT'] || '3443';
  const socketPath = env['SOCKET_PATH'] || undefined;
  const plainHttp = env['PLAIN_HTTP'] || '0';
  const problems: ConfigurationProblem[] = [];
  if (!/^\d{1,5}$/.test(port) || Number(port) > MAX_PORT)
    problems.push({ name: 'PORT', message: `must be a whole number from 0 to ${MAX_PORT}` });
  if (socketPath !== undefined && (env['HOST'] || env['PORT']))
    problems.push({ name: 'SOCKET_PATH', message: 'must not be set together with HOST or PORT' });
  if (socketPath !== undefined && !isSocketPath(socketPath))
    problems.push({
      name: 'SOCKET_PATH',
      message: `must be an absolute path of at most ${MAX_SOCKET_PATH} bytes`,
    });
  if (plainHttp !== '0' && plainHttp !== '1')
    problems.push({ name: 'PLAIN_HTTP', message: 'must be 1 for http and ws, or 0' });
  if (!NODE_NAME.test(nodeName(env) ?? 'none'))
    problems.push({
      name: 'NODE_NAME',
      message: 'must have 1 to 32 letters, digits, dots, hyphens or underscores',
    });
  if (problems.length > 0) throw new WsConfigurationError(problems);
  return {
    host: env['HOST'] || '127.0.0.1',
    port: Number(port),
    ...(socketPath !== undefined && { socketPath }),
    plainHttp: plainHttp === '1',
  };
}

function isSocketPath(text: string): boolean {
  return isAbsolute(text) && Buffer.byteLength(text) <= MAX_SOCKET_PATH;
}

/** What the page calls this instance; undefined if it has no name. */
export function nodeName(env: NodeJS.ProcessEnv = process.env): string | undefined {
  return env['NODE_NAME'] || undefined;
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
 * A signing secret for development, new at every start. Undefined if a verifier is configured, and in production, where
 * a start without a verifier fails.
 */
export function developmentSecret(): string | undefined {
  if (isProduction || VERIFIERS.some((name) => process.env[name])) return undefined;
  if (generated === undefined) {
    generated = randomBytes(48).toString('base64');
    console.log(`WS_JWT_SECRET is not set. Development secret of this run: ${generated}`);
  }
  return generated;
}
