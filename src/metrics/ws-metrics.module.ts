import { type DynamicModule, Module } from '@nestjs/common';
import { MountedParts } from '../options/mounted-parts.js';
import { EndpointExposure } from './endpoint-exposure.js';
import { metricsController } from './metrics.controller.js';
import { MetricsTokenGuard } from './metrics-token.guard.js';
import { METRIC_REGISTER, RegisteredFamilies } from './registered-families.js';
import { TokenFile } from './token-file.js';
import { METRICS_SETTINGS, type MetricsSettings, type WsMetricsModuleOptions } from './ws-metrics-options.js';

/**
 * Publishes the metrics of `WsSecurityModule`: at an endpoint in the formats of OpenMetrics and Prometheus, or in a
 * registry of prom-client that the application has already.
 *
 * @publicApi
 */
@Module({})
export class WsMetricsModule {
  /**
   * In production, the start fails unless the endpoint has a guard or a token (`WS_METRICS_TOKEN_FILE`), or the
   * application listens on a loopback address or a Unix socket.
   */
  static forRoot(options: WsMetricsModuleOptions = {}): DynamicModule {
    const { path = '/metrics', guards = [], imports = [], register } = options;
    if (register) {
      const providers = [{ provide: METRIC_REGISTER, useValue: register }, RegisteredFamilies];
      return { module: WsMetricsModule, providers };
    }
    return {
      module: WsMetricsModule,
      imports,
      controllers: [metricsController(path, guards)],
      providers: [
        {
          provide: METRICS_SETTINGS,
          inject: [MountedParts],
          useFactory: (parts: MountedParts): MetricsSettings => {
            parts.add('metrics endpoint');
            return { path, guards };
          },
        },
        TokenFile,
        MetricsTokenGuard,
        EndpointExposure,
      ],
    };
  }
}
