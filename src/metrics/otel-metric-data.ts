import type { MetricLabels } from '../observability/metrics/metric-family.js';

/** Seconds and nanoseconds since the epoch. @publicApi */
export type OtelTime = [seconds: number, nanoseconds: number];

/** A value of a metric. @publicApi */
export interface OtelDataPoint<T> {
  readonly startTime: OtelTime;
  readonly endTime: OtelTime;
  readonly attributes: Record<string, string>;
  readonly value: T;
}

/** A distribution. @publicApi */
export interface OtelHistogram {
  buckets: { boundaries: number[]; counts: number[] };
  sum?: number;
  count: number;
}

/** What a metric is. @publicApi */
export interface OtelDescription {
  readonly descriptor: {
    readonly name: string;
    readonly description: string;
    readonly unit: string;
    /** `ValueType.DOUBLE`. */
    readonly valueType: 1;
  };
  /** `AggregationTemporality.CUMULATIVE`. */
  readonly aggregationTemporality: 1;
}

/** A metric. The numbers are those of `DataPointType`. @publicApi */
export type OtelMetric = OtelDescription &
  (
    | {
        readonly dataPointType: 3;
        readonly isMonotonic: boolean;
        readonly dataPoints: OtelDataPoint<number>[];
      }
    | { readonly dataPointType: 2; readonly dataPoints: OtelDataPoint<number>[] }
    | { readonly dataPointType: 0; readonly dataPoints: OtelDataPoint<OtelHistogram>[] }
  );

/** An empty resource: the reader keeps its own. @publicApi */
export interface OtelResource {
  readonly attributes: MetricLabels;
  // oxlint-disable-next-line typescript/no-explicit-any -- any resource of the SDK, whose types are not needed here
  merge(other: any): any;
  getRawAttributes(): [];
}

/** What a producer gives to a reader. @publicApi */
export interface OtelMetricResult {
  resourceMetrics: {
    resource: OtelResource;
    scopeMetrics: { scope: { name: string; version: string }; metrics: OtelMetric[] }[];
  };
  errors: unknown[];
}

/**
 * A `MetricProducer` of `@opentelemetry/sdk-metrics` 2, without its types, so that no application needs the package.
 *
 * @publicApi
 */
export interface OtelMetricProducer {
  collect(): Promise<OtelMetricResult>;
}
