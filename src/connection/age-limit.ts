import type { ResolvedOptions } from '../options/options.schema.js';

/**
 * When a session that began at a time reaches its maximum age, by the wall clock.
 *
 * @param startedAt epoch milliseconds
 */
export function ageLimitOf(
  startedAt: number,
  { sessionMaxAgeMs }: Pick<ResolvedOptions, 'sessionMaxAgeMs'>,
): number {
  return sessionMaxAgeMs === 0 ? Infinity : startedAt + sessionMaxAgeMs;
}
