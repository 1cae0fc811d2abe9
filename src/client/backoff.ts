export interface BackoffRange {
  baseMs: number;
  maxMs: number;
}

/**
 * How long to wait after `failures` failed attempts. Full jitter from the first retry on, so that clients which
 * lost one server at the same moment do not come back at the same moment.
 */
export function backoffDelay(failures: number, range: BackoffRange, random: () => number): number {
  const spread = Math.min(range.maxMs, range.baseMs * 2 ** failures);
  return Math.min(range.maxMs, range.baseMs + random() * spread);
}
