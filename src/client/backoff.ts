export interface BackoffRange {
  baseMs: number;
  maxMs: number;
}

/**
 * The delay after `failures` failed attempts. It has full jitter from the first retry on, so that clients that lost
 * the same server do not reconnect at the same moment.
 */
export function backoffDelay(failures: number, range: BackoffRange, random: () => number): number {
  const spread = Math.min(range.maxMs, range.baseMs * 2 ** failures);
  return Math.min(range.maxMs, range.baseMs + random() * spread);
}
