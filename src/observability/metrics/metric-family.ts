/** The labels of a sample. @publicApi */
export type MetricLabels = Readonly<Record<string, string>>;

/** One value of a counter or a gauge. @publicApi */
export interface MetricValue {
  readonly labels: MetricLabels;
  readonly value: number;
}

/** The distribution of values, in the unit of its family. @publicApi */
export interface MetricDistribution {
  readonly labels: MetricLabels;
  /** The largest value of each bucket, ascending, without the last one, which has no bound. */
  readonly bounds: readonly number[];
  /** The number of values in each bucket, not cumulative: one more than `bounds`. */
  readonly counts: readonly number[];
  /** The sum of all values. */
  readonly sum: number;
}

/** What a metric is. @publicApi */
export interface MetricDescription {
  /** As Prometheus spells it: with the unit, and with `_total` for a counter. */
  readonly name: string;
  readonly help: string;
  /** Base units only (OpenMetrics 1.0 §4.2). */
  readonly unit?: 'seconds' | 'bytes';
}

/**
 * One metric with all its samples, in no format. A family without samples is listed too.
 *
 * @publicApi
 */
export type MetricFamily = MetricDescription &
  (
    | { readonly type: 'counter' | 'gauge'; readonly samples: readonly MetricValue[] }
    | { readonly type: 'histogram'; readonly samples: readonly MetricDistribution[] }
  );
