import { constants } from 'node:crypto';
import { WsConfigurationError } from '../../errors/configuration.error.js';
import type { Environment } from '../../options/environment.js';
import { OPTIONS, type ResolvedOptions } from '../../options/options.schema.js';
import { readOptions } from '../../options/resolve-options.js';
import { readTlsMaterial, type TlsFiles, type TlsMaterial } from './tls-material.js';

const HANDSHAKE_TIMEOUT_MS = 10_000;

/** Cipher suites with authenticated encryption and forward secrecy (RFC 9325 §4.2); the first three are for TLS 1.3. */
const SUITES = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_GCM_SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
].join(':');

const VARIABLES: ReadonlySet<string> = new Set(
  [OPTIONS.tlsCertFile, OPTIONS.tlsKeyFile, OPTIONS.tlsCaFile, OPTIONS.tlsMinVersion].map(
    ({ variable }) => variable,
  ),
);

/** Options of an HTTPS server, for Node and for Nest alike. @publicApi */
export interface TlsServerOptions extends TlsMaterial {
  minVersion: 'TLSv1.2' | 'TLSv1.3';
  ciphers: string;
  honorCipherOrder: boolean;
  secureOptions: number;
  /** Milliseconds. */
  handshakeTimeout: number;
  requestCert?: boolean;
  rejectUnauthorized?: boolean;
}

export type TlsSettings = TlsFiles & Pick<ResolvedOptions, 'tlsMinVersion'>;

/**
 * Options of an HTTPS server from `WS_TLS_CERT_FILE`, `WS_TLS_KEY_FILE`, `WS_TLS_CA_FILE` and `WS_TLS_MIN_VERSION`: TLS
 * 1.2 or newer, only suites with authenticated encryption and forward secrecy, no renegotiation. With a CA, clients may
 * present a certificate.
 *
 * @example
 * const app = await NestFactory.create(AppModule, { httpsOptions: tlsOptionsFromEnv() });
 * // With Fastify:
 * const app = await NestFactory.create(AppModule, new FastifyAdapter({ https: tlsOptionsFromEnv() }));
 *
 * @param environment the environment to read the variables from
 * @throws WsConfigurationError if no certificate is configured, a file is invalid, or the key does not match
 * @publicApi
 */
export function tlsOptionsFromEnv(environment: Environment = process.env): TlsServerOptions {
  const { options, problems } = readOptions({}, environment);
  // Other problems are reported by the module, which also knows its own options and the gateways.
  if (problems.some(({ name }) => VARIABLES.has(name))) throw new WsConfigurationError(problems);
  return tlsOptionsOf(options);
}

/** As {@link tlsOptionsFromEnv}, from resolved options. */
export function tlsOptionsOf(options: TlsSettings): TlsServerOptions {
  if (options.tlsCertFile === undefined) {
    const message = 'must name a PEM file with the certificate of this server';
    throw new WsConfigurationError([{ name: OPTIONS.tlsCertFile.variable, message }]);
  }
  return {
    ...readTlsMaterial(options),
    minVersion: options.tlsMinVersion,
    ciphers: SUITES,
    honorCipherOrder: true,
    // Otherwise a client could replace its certificate after verification.
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    // Node would refuse clients without a certificate, which are allowed; see `refuseUnverified`.
    ...(options.tlsCaFile !== undefined && { requestCert: true, rejectUnauthorized: false }),
  };
}
