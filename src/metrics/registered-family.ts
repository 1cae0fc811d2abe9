import type {
  MetricDistribution,
  MetricFamily,
  MetricLabels,
} from '../observability/metrics/metric-family.js';

/** One line of a metric, as prom-client prints it. */
interface RegisteredValue {
  readonly labels: MetricLabels;
  readonly value: number;
  readonly metricName?: string;
}

/** One family, in the shape of a metric of prom-client 15. */
export class RegisteredFamily {
  /** For OpenMetrics, the registry takes `_total` off the names of counters and adds it itself. */
  name: string;
  readonly help: string;
  readonly type: MetricFamily['type'];
  readonly aggregator = 'sum';

  constructor(
    { name, help, type }: Pick<MetricFamily, 'name' | 'help' | 'type'>,
    private readonly collect: () => MetricFamily | undefined,
  ) {
    this.name = name;
    this.help = help;
    this.type = type;
  }

  get(): Promise<{
    name: string;
    help: string;
    type: string;
    aggregator: string;
    values: RegisteredValue[];
  }> {
    const { name, help, type, aggregator } = this;
    return Promise.resolve({ name, help, type, aggregator, values: valuesOf(this.collect()) });
  }

  /** The registry would set its own metrics to zero. */
  reset(): void {}
}

function valuesOf(family: MetricFamily | undefined): RegisteredValue[] {
  if (!family) return [];
  if (family.type !== 'histogram') return family.samples.map(({ labels, value }) => ({ labels, value }));
  return family.samples.flatMap((sample) => linesOf(family.name, sample));
}

function linesOf(name: string, { labels, bounds, counts, sum }: MetricDistribution): RegisteredValue[] {
  let count = 0;
  const buckets = counts.map((own, at) => {
    count += own;
    const le = String(bounds[at] ?? '+Inf');
    return { labels: { le, ...labels }, value: count, metricName: `${name}_bucket` };
  });
  return [
    ...buckets,
    { labels, value: sum, metricName: `${name}_sum` },
    { labels, value: count, metricName: `${name}_count` },
  ];
}
