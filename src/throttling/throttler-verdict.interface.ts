import type { ThrottlerStorage } from '@nestjs/throttler';

/** Nest's storage record, whose times are whole seconds, with the wait to the millisecond. @publicApi */
export type ThrottlerVerdict = Awaited<ReturnType<ThrottlerStorage['increment']>> & { retryAfterMs?: number };

/** Milliseconds until a hit has a chance again; 0 when this one was accepted. */
export function waitOf({ isBlocked, retryAfterMs, timeToBlockExpire }: ThrottlerVerdict): number {
  return isBlocked ? Math.max(1, retryAfterMs ?? timeToBlockExpire * 1000) : 0;
}
