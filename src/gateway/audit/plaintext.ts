import { Server as TlsServer } from 'node:tls';
import type { HttpAdapterHost, ModuleRef } from '@nestjs/core';
import type { ConfigurationProblem } from '../../errors/configuration.error.js';
import type { ResolvedOptions } from '../../options/options.schema.js';
import type { DiscoveredGateway } from '../gateway-explorer.js';
import { portOf } from '../secure-gateway-options.js';

/**
 * In production every handshake would be refused: better said once than to each client.
 *
 * @param isSecure whether the server of the application ends TLS
 */
export function plaintextProblems(
  gateways: readonly DiscoveredGateway[],
  { production, trustedProxies, tlsCertFile }: ResolvedOptions,
  isSecure: boolean,
): ConfigurationProblem[] {
  if (!production || trustedProxies.length > 0) return [];
  const isPlain = ({ options }: DiscoveredGateway): boolean =>
    options !== undefined && (portOf(options) === 0 ? !isSecure : tlsCertFile === undefined);
  if (!gateways.some(isPlain)) return [];
  const message =
    'must name the proxy that ends TLS, because this server speaks plain HTTP in production; ' +
    'or give NestFactory.create() { httpsOptions: tlsOptionsFromEnv() }';
  return [{ name: 'WS_TRUSTED_PROXIES', message }];
}

/** Whether the application's server will end TLS; undefined where nobody can tell before it is there. */
export function willServeTls({ httpAdapter }: HttpAdapterHost, moduleRef: ModuleRef): boolean | undefined {
  // An application without HTTP, or a test that has not said what it serves.
  if (!httpAdapter) return undefined;
  const instance = httpAdapter.getInstance<{ server?: unknown } | undefined>();
  const server: unknown = httpAdapter.getHttpServer() ?? instance?.server;
  if (server) return server instanceof TlsServer;
  // The options of `NestFactory.create()`, which no provider of Nest hands out.
  const { container } = moduleRef as unknown as {
    container?: { contextOptions?: { httpsOptions?: unknown } };
  };
  return container && container.contextOptions?.httpsOptions !== undefined;
}
