import type { INestApplication } from '@nestjs/common';
import { type MetricDistribution, type MetricFamily, type MetricLabels, WsMetrics } from 'nestjs-ws-security';

/** The samples of a running application by name and labels. */
export class MetricsOf {
  constructor(private readonly app: INestApplication) {}

  get families(): MetricFamily[] {
    return this.app.get(WsMetrics).collect();
  }

  /** The sum of all samples of a counter or gauge with these labels. */
  value(name: string, labels: MetricLabels = {}): number {
    const family = this.named(name);
    if (family.type === 'histogram') throw new TypeError(`${name} is a histogram`);
    return family.samples
      .filter(({ labels: own }) => fits(own, labels))
      .reduce((sum, { value }) => sum + value, 0);
  }

  /** The number of values in a histogram with these labels. */
  count(name: string, labels: MetricLabels = {}): number {
    return this.distributions(name, labels)
      .flatMap(({ counts }) => counts)
      .reduce((sum, one) => sum + one, 0);
  }

  distributions(name: string, labels: MetricLabels = {}): MetricDistribution[] {
    const family = this.named(name);
    if (family.type !== 'histogram') throw new TypeError(`${name} is no histogram`);
    return family.samples.filter(({ labels: own }) => fits(own, labels));
  }

  /** The values that a label has anywhere. */
  valuesOf(label: string): string[] {
    const values = this.families.flatMap(({ samples }) => samples.map(({ labels }) => labels[label]));
    return [...new Set(values.filter((value) => value !== undefined))].toSorted();
  }

  /** The number of series as Prometheus stores them. */
  get series(): number {
    return this.families.reduce(
      (sum, family) =>
        sum +
        (family.type === 'histogram'
          ? family.samples.reduce((own, { counts }) => own + counts.length + 2, 0)
          : family.samples.length),
      0,
    );
  }

  private named(name: string): MetricFamily {
    const family = this.families.find((one) => one.name === name);
    if (!family) throw new Error(`there is no ${name}`);
    return family;
  }
}

function fits(own: MetricLabels, wanted: MetricLabels): boolean {
  return Object.entries(wanted).every(([name, value]) => own[name] === value);
}
