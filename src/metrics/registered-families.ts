import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { MetricFamily } from '../observability/metrics/metric-family.js';
import { WsMetrics } from '../observability/metrics/ws-metrics.js';
import { RegisteredFamily } from './registered-family.js';
import type { MetricRegister } from './ws-metrics-options.js';

export const METRIC_REGISTER = Symbol('METRIC_REGISTER');

/** Puts all metrics into a registry of prom-client while the application runs. */
@Injectable()
export class RegisteredFamilies implements OnModuleInit, OnApplicationShutdown {
  private names: readonly string[] = [];
  private families: ReadonlyMap<string, MetricFamily> | undefined;

  constructor(
    private readonly metrics: WsMetrics,
    @Inject(METRIC_REGISTER) private readonly register: MetricRegister,
  ) {}

  onModuleInit(): void {
    const families = this.metrics.collect();
    for (const { name, type, help } of families) {
      const registered = new RegisteredFamily({ name, type, help }, () => this.collected(name));
      this.register.registerMetric(registered as never);
    }
    this.names = families.map(({ name }) => name);
  }

  onApplicationShutdown(): void {
    for (const name of this.names) this.register.removeSingleMetric(name);
  }

  /** A registry asks for all of its metrics in one turn: they are read once. */
  private collected(name: string): MetricFamily | undefined {
    if (!this.families) {
      this.families = new Map(this.metrics.collect().map((family) => [family.name, family]));
      queueMicrotask(() => (this.families = undefined));
    }
    return this.families.get(name);
  }
}
