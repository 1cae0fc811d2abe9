export { otelMetricProducer } from './otel-metric-producer.js';
export { WsMetricsModule } from './ws-metrics.module.js';

export type { MetricRegister, WsMetricsModuleOptions } from './ws-metrics-options.js';
export type {
  OtelDataPoint,
  OtelDescription,
  OtelHistogram,
  OtelMetric,
  OtelMetricProducer,
  OtelMetricResult,
  OtelResource,
  OtelTime,
} from './otel-metric-data.js';
