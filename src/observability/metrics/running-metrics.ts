import type { MetricFamily } from './metric-family.js';

interface Collectable {
  collect(): MetricFamily[];
}

const running = new Set<Collectable>();

/** The metrics of running applications, for readers that exist before the application does. */
export const RunningMetrics = {
  add(metrics: Collectable): void {
    running.add(metrics);
  },

  delete(metrics: Collectable): void {
    running.delete(metrics);
  },

  /** Those of the application that was started last; undefined if none runs. */
  get latest(): Collectable | undefined {
    return [...running].at(-1);
  },
};
