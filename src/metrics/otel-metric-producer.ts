import type { MetricDistribution, MetricFamily } from '../observability/metrics/metric-family.js';
import { RunningMetrics } from '../observability/metrics/running-metrics.js';
import { VERSION } from '../observability/metrics/versions.js';
import type { WsMetrics } from '../observability/metrics/ws-metrics.js';
import type {
  OtelDataPoint,
  OtelHistogram,
  OtelMetric,
  OtelMetricProducer,
  OtelResource,
  OtelTime,
} from './otel-metric-data.js';

const SCOPE = { name: 'nestjs-ws-security', version: VERSION };
const UNITS = { seconds: 's', bytes: 'By' };

const NO_RESOURCE: OtelResource = {
  attributes: {},
  merge: (other: unknown) => other ?? NO_RESOURCE,
  getRawAttributes: () => [],
};

/**
 * Gives the metrics to OpenTelemetry, as a producer in `metricProducers` of any reader. It is made before the
 * application, and gives nothing until one runs.
 *
 * Names are those of the endpoint with dots, without unit and `_total`: `ws_security.handshakes`. All values are
 * cumulative since the start of the producer's process.
 *
 * @param metrics default: those of the application that was started last
 * @publicApi
 */
export function otelMetricProducer(metrics?: Pick<WsMetrics, 'collect'>): OtelMetricProducer {
  const startTime = timeOf(performance.timeOrigin);
  return {
    collect: () => {
      const families = (metrics ?? RunningMetrics.latest)?.collect() ?? [];
      const span = { startTime, endTime: timeOf(Date.now()) };
      const scopeMetrics = [{ scope: SCOPE, metrics: families.map((family) => metricOf(family, span)) }];
      return Promise.resolve({ resourceMetrics: { resource: NO_RESOURCE, scopeMetrics }, errors: [] });
    },
  };
}

type Span = Pick<OtelDataPoint<unknown>, 'startTime' | 'endTime'>;

function metricOf(family: MetricFamily, span: Span): OtelMetric {
  const described = {
    descriptor: {
      name: nameOf(family),
      description: family.help,
      unit: family.unit ? UNITS[family.unit] : '',
      valueType: 1,
    },
    aggregationTemporality: 1,
  } as const;
  if (family.type === 'histogram') {
    const dataPoints = family.samples.map((sample) => pointOf(sample, histogramOf(sample), span));
    return { ...described, dataPointType: 0, dataPoints };
  }
  const dataPoints = family.samples.map((sample) => pointOf(sample, sample.value, span));
  return family.type === 'counter'
    ? { ...described, dataPointType: 3, isMonotonic: true, dataPoints }
    : { ...described, dataPointType: 2, dataPoints };
}

function nameOf({ name, unit }: MetricFamily): string {
  const [, own = ''] = /^ws_security_(.*?)(?:_total)?$/.exec(name) ?? [];
  return `ws_security.${own.replace(new RegExp(`_${unit}$`), '').replaceAll('_', '.')}`;
}

function histogramOf({ bounds, counts, sum }: MetricDistribution): OtelHistogram {
  const count = counts.reduce((total, one) => total + one, 0);
  return { buckets: { boundaries: [...bounds], counts: [...counts] }, sum, count };
}

function pointOf<T>(
  { labels }: { readonly labels: Readonly<Record<string, string>> },
  value: T,
  span: Span,
): OtelDataPoint<T> {
  return { ...span, attributes: { ...labels }, value };
}

function timeOf(ms: number): OtelTime {
  const seconds = Math.trunc(ms / 1000);
  return [seconds, Math.round((ms - seconds * 1000) * 1_000_000)];
}
