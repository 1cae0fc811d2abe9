import type { CanActivate, DynamicModule, Type } from '@nestjs/common';

/**
 * The part of a `Registry` of prom-client that is used.
 *
 * @publicApi
 */
export interface MetricRegister {
  registerMetric(metric: never): void;
  removeSingleMetric(name: string): void;
}

/** The argument of `WsMetricsModule.forRoot()`. @publicApi */
export interface WsMetricsModuleOptions {
  /** The path of the endpoint, `/metrics` by default. Global prefixes apply to it. */
  path?: string;
  /** Guards of the endpoint, in addition to the token of `WS_METRICS_TOKEN_FILE`. */
  guards?: Type<CanActivate>[];
  /** Modules whose exports the guards need. */
  imports?: DynamicModule['imports'];
  /** A registry of prom-client that gets all metrics. Then there is no endpoint: the application has its own. */
  register?: MetricRegister;
}

/** What guards the endpoint besides the token, and where it is. */
export const METRICS_SETTINGS = Symbol('METRICS_SETTINGS');

export type MetricsSettings = Required<Pick<WsMetricsModuleOptions, 'path' | 'guards'>>;
