import type { ThrottlerStorage } from '@nestjs/throttler';

type ThrottlerStorageRecord = Awaited<ReturnType<ThrottlerStorage['increment']>>;

/** Nest's storage record, whose times are whole seconds, with the wait to the millisecond. @publicApi */
export interface ThrottlerVerdict extends ThrottlerStorageRecord {
  retryAfterMs?: number;
}

/** Milliseconds until a hit has a chance again. */
export function waitOf({ retryAfterMs, timeToBlockExpire }: ThrottlerVerdict): number {
  return retryAfterMs ?? timeToBlockExpire * 1000;
}
