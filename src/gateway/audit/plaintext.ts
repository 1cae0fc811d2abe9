import { Server as TlsServer } from 'node:tls';
import type { HttpAdapterHost, ModuleRef } from '@nestjs/core';
import type { ConfigurationProblem } from '../../errors/configuration.error.js';
import { HOW_TO_SERVE_TLS } from '../../options/serving-tls.js';
import type { ResolvedOptions } from '../../options/options.schema.js';
import type { DiscoveredGateway } from '../gateway-explorer.js';
import { portIn } from './gateway-port.js';

/**
 * Reports a server without TLS at the start, because in production it would refuse every handshake.
 *
 * @param isSecure whether the server of the application uses TLS
 */
export function plaintextProblems(
  gateways: readonly DiscoveredGateway[],
  { production, trustedProxies, tlsCertFile }: ResolvedOptions,
  isSecure: boolean,
): ConfigurationProblem[] {
  if (!production || trustedProxies.length > 0) return [];
  const isPlain = (gateway: DiscoveredGateway): boolean => {
    const port = portIn(gateway);
    return port !== undefined && (port === 0 ? !isSecure : tlsCertFile === undefined);
  };
  if (!gateways.some(isPlain)) return [];
  const message =
    'must name the proxy that terminates TLS, because this server uses plain HTTP in production; ' +
    `or write ${HOW_TO_SERVE_TLS}`;
  return [{ name: 'WS_TRUSTED_PROXIES', message }];
}

/** Whether the server of the application will use TLS; undefined if this is not known before the server exists. */
export function willServeTls({ httpAdapter }: HttpAdapterHost, moduleRef: ModuleRef): boolean | undefined {
  // An application without HTTP, or a test that has not created its server.
  if (!httpAdapter) return undefined;
  const instance = httpAdapter.getInstance<{ server?: unknown } | undefined>();
  const server: unknown = httpAdapter.getHttpServer() ?? instance?.server;
  if (server) return server instanceof TlsServer;
  // The options of `NestFactory.create()`, which Nest does not provide.
  const { container } = moduleRef as unknown as {
    container?: { contextOptions?: { httpsOptions?: unknown } };
  };
  return container && container.contextOptions?.httpsOptions !== undefined;
}
