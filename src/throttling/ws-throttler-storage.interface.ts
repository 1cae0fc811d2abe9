import type { ThrottlerStorage } from '@nestjs/throttler';
import type { ThrottlerVerdict } from './throttler-verdict.interface.js';

/**
 * A `ThrottlerStorage` that counts several hits as one, all of them or none.
 *
 * @publicApi
 */
export interface WsThrottlerStorage extends ThrottlerStorage {
  readonly knowsCost: true;

  /** @param cost hits to count; more than the limit counts as the limit */
  increment(
    key: string,
    ttl: number,
    limit: number,
    blockDuration: number,
    throttlerName: string,
    cost?: number,
  ): Promise<ThrottlerVerdict>;

  /** As `increment`, for a storage that knows at once. */
  hit?(
    key: string,
    ttl: number,
    limit: number,
    blockDuration: number,
    throttlerName: string,
    cost: number,
  ): ThrottlerVerdict;
}

export function knowsCost(storage: ThrottlerStorage): storage is WsThrottlerStorage {
  return (storage as Partial<WsThrottlerStorage>).knowsCost === true;
}
