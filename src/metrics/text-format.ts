import type {
  MetricDistribution,
  MetricFamily,
  MetricLabels,
} from '../observability/metrics/metric-family.js';

/** A text format of metrics. */
export interface TextFormat {
  readonly contentType: string;
  write(families: readonly MetricFamily[]): string;
}

/** OpenMetrics 1.0. */
export const OPEN_METRICS: TextFormat = {
  contentType: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
  write: (families) => `${families.map((one) => familyText(one, true)).join('')}# EOF\n`,
};

/** The older format of Prometheus, which every scraper reads. */
export const PROMETHEUS_TEXT: TextFormat = {
  contentType: 'text/plain; version=0.0.4; charset=utf-8',
  write: (families) => families.map((one) => familyText(one, false)).join(''),
};

function familyText(family: MetricFamily, isOpen: boolean): string {
  const { name, type, unit, help } = family;
  // In OpenMetrics, only the sample of a counter ends in `_total` (§5.1).
  const described = isOpen && type === 'counter' ? name.replace(/_total$/, '') : name;
  const lines = [`# HELP ${described} ${escaped(help, isOpen)}`, `# TYPE ${described} ${type}`];
  if (isOpen && unit) lines.push(`# UNIT ${described} ${unit}`);
  if (family.type === 'histogram')
    for (const sample of family.samples) lines.push(...distributionLines(name, sample, isOpen));
  else for (const { labels, value } of family.samples) lines.push(line(name, labels, value));
  return `${lines.join('\n')}\n`;
}

function distributionLines(
  name: string,
  { labels, bounds, counts, sum }: MetricDistribution,
  isOpen: boolean,
): string[] {
  let count = 0;
  const buckets = counts.map((own, at) => {
    count += own;
    return line(`${name}_bucket`, { ...labels, le: boundText(bounds[at], isOpen) }, count);
  });
  return [...buckets, line(`${name}_count`, labels, count), line(`${name}_sum`, labels, sum)];
}

/** OpenMetrics wants the canonical form of a float (§5.3.2). */
function boundText(bound: number | undefined, isOpen: boolean): string {
  if (bound === undefined) return '+Inf';
  return isOpen && Number.isInteger(bound) ? `${bound}.0` : String(bound);
}

function line(name: string, labels: MetricLabels, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text, true)}"`);
  return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${numberText(value)}`;
}

function numberText(value: number): string {
  if (value === Infinity) return '+Inf';
  return value === -Infinity ? '-Inf' : String(value);
}

function escaped(text: string, withQuotes: boolean): string {
  const safe = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  return withQuotes ? safe.replaceAll('"', '\\"') : safe;
}
