import type { DeclaredLimit } from '../../throttling/declared-limit.interface.js';

/** A grant is at least a fortieth of a limit, and of a window. */
const LEAST_LIMIT = 40;
const LEAST_TTL_MS = 1000;
/** A larger part of the limit would too often not fit into what is free. */
const MOST_COST = 1 / 4;

/**
 * Whether each hit is counted in Redis, instead of from budget that was lent. Only what is declared decides: the limit
 * of a principal may change, and its budget must not split into two.
 */
export function isExact(declared: DeclaredLimit | undefined): boolean {
  if (!declared) return true;
  const { limit, ttl, blockDuration, maxCost } = declared;
  if (!(limit >= LEAST_LIMIT) || ttl < LEAST_TTL_MS) return true;
  return blockDuration > 0 || maxCost > limit * MOST_COST;
}
