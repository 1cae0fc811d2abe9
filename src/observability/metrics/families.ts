import type { Histogram } from '../../counters/histogram.js';
import type { MetricDistribution, MetricFamily, MetricLabels, MetricValue } from './metric-family.js';

const MS_PER_SECOND = 1000;

/** A counter. Its unit is the end of its name. */
export function counter(name: string, help: string, samples: Iterable<MetricValue>): MetricFamily {
  return family('counter', name, help, samples);
}

/** A value that goes up and down. */
export function gauge(name: string, help: string, samples: Iterable<MetricValue>): MetricFamily {
  return family('gauge', name, help, samples);
}

/** Durations in seconds. */
export function durations(
  name: string,
  help: string,
  samples: Iterable<readonly [labels: MetricLabels, histogram: Histogram]>,
): MetricFamily {
  const born = [...samples].filter(([, { count }]) => count > 0);
  return { name, help, type: 'histogram', unit: 'seconds', samples: born.map(inSeconds) };
}

/** One value. */
export function value(number: number, labels: MetricLabels = {}): MetricValue {
  return { labels, value: number };
}

function family(
  type: 'counter' | 'gauge',
  name: string,
  help: string,
  samples: Iterable<MetricValue>,
): MetricFamily {
  const unit = (['seconds', 'bytes'] as const).find((one) => name.replace(/_total$/, '').endsWith(`_${one}`));
  return { name, help, type, ...(unit && { unit }), samples: [...samples] };
}

/** Milliseconds are counted, because clocks give them. */
function inSeconds([labels, { bounds, counts, sum }]: readonly [
  MetricLabels,
  Histogram,
]): MetricDistribution {
  return {
    labels,
    bounds: bounds.map((bound) => bound / MS_PER_SECOND),
    counts: [...counts],
    sum: sum / MS_PER_SECOND,
  };
}
