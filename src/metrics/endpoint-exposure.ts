import type { Server } from 'node:http';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import ipaddr from 'ipaddr.js';
import { WsConfigurationError } from '../errors/configuration.error.js';
import { OPTIONS, type ResolvedOptions } from '../options/options.schema.js';
import { InjectSecurityOptions } from '../options/options.token.js';
import { METRICS_SETTINGS, type MetricsSettings } from './ws-metrics-options.js';

/** Stops the start in production if everybody could read the metrics (OWASP ASVS 5.0 13.4.5). */
@Injectable()
export class EndpointExposure implements OnApplicationBootstrap {
  constructor(
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
    @Inject(METRICS_SETTINGS) private readonly settings: MetricsSettings,
    private readonly host: HttpAdapterHost,
  ) {}

  onApplicationBootstrap(): void {
    const { production, metricsTokenFile } = this.options;
    if (!production || metricsTokenFile !== undefined || this.settings.guards.length > 0) return;
    const server = this.host.httpAdapter?.getHttpServer() as Server | undefined;
    if (server?.listening) {
      if (!isPrivate(server)) throw this.problem();
      return;
    }
    // Where it listens is not known before. The error rejects `app.listen()`.
    server?.prependListener('listening', () => {
      if (isPrivate(server)) return;
      // Before the first connection, but after the other listeners, which ask for the address.
      process.nextTick(() => server.close());
      server.emit('error', this.problem());
    });
  }

  private problem(): WsConfigurationError {
    const message =
      `is required in production, because everybody who reaches this service could read ${this.settings.path}; ` +
      'or give WsMetricsModule.forRoot() a guard, or listen on a loopback address';
    return new WsConfigurationError([{ name: OPTIONS.metricsTokenFile.variable, message }]);
  }
}

/** Whether only this machine reaches a server. A Unix socket has the rights of a file. */
function isPrivate(server: Server): boolean {
  const address = server.address();
  if (address === null) return false;
  return typeof address === 'string' || ipaddr.process(address.address).range() === 'loopback';
}
