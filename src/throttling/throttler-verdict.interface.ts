import type { ThrottlerStorage } from '@nestjs/throttler';

/** Nest's storage record, whose times are whole seconds, with the wait in milliseconds. @publicApi */
export type ThrottlerVerdict = Awaited<ReturnType<ThrottlerStorage['increment']>> & { retryAfterMs?: number };

/** Milliseconds until a hit can be accepted; 0 if this one was. */
export function waitOf({ isBlocked, retryAfterMs, timeToBlockExpire }: ThrottlerVerdict): number {
  return isBlocked ? Math.max(1, retryAfterMs ?? timeToBlockExpire * 1000) : 0;
}

/**
 * The verdict of a hit.
 *
 * @param wait milliseconds until a hit has a chance again; 0 if this one was accepted
 * @param hits counted hits, as far as the storage knows
 */
export function verdictOf(wait: number, ttl: number, limit: number, hits: number): ThrottlerVerdict {
  return {
    totalHits: wait > 0 ? limit + 1 : hits,
    timeToExpire: Math.ceil(ttl / 1000),
    isBlocked: wait > 0,
    timeToBlockExpire: Math.ceil(wait / 1000),
    retryAfterMs: Math.ceil(wait),
  };
}
