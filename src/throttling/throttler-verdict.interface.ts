import type { ThrottlerStorage } from '@nestjs/throttler';

/** Nest's storage record, whose times are whole seconds, with the wait in milliseconds. @publicApi */
export type ThrottlerVerdict = Awaited<ReturnType<ThrottlerStorage['increment']>> & { retryAfterMs?: number };

/** Milliseconds until a hit can be accepted; 0 if this one was. */
export function waitOf({ isBlocked, retryAfterMs, timeToBlockExpire }: ThrottlerVerdict): number {
  return isBlocked ? Math.max(1, retryAfterMs ?? timeToBlockExpire * 1000) : 0;
}
