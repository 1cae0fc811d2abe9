import type { ThrottlerVerdict } from '../../throttling/throttler-verdict.interface.js';

/**
 * @param wait 0 when the hit was accepted, else milliseconds
 * @param cost what is known to be counted; how much others count no node knows
 */
export function verdictOf(wait: number, ttl: number, limit: number, cost: number): ThrottlerVerdict {
  return {
    totalHits: wait > 0 ? limit + 1 : cost,
    timeToExpire: Math.ceil(ttl / 1000),
    isBlocked: wait > 0,
    timeToBlockExpire: Math.ceil(wait / 1000),
    retryAfterMs: Math.ceil(wait),
  };
}
