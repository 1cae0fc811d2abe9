import type { ThrottlerStorage } from '@nestjs/throttler';
import type { MaybePromise } from '../time/maybe-promise.js';
import type { DeclaredLimit } from './declared-limit.interface.js';
import type { ThrottlerVerdict } from './throttler-verdict.interface.js';

/**
 * A `ThrottlerStorage` that counts several hits as one, all of them or none. A key has one window a throttler, whatever
 * limit holds at the moment.
 *
 * When it fails, now or later, the message is answered `OVERLOADED` and a handshake 503.
 *
 * @publicApi
 */
export interface WsThrottlerStorage extends ThrottlerStorage {
  readonly knowsCost: true;

  /**
   * Counts a hit.
   *
   * @param ttl the window, milliseconds
   * @param limit hits that a window holds for this key now
   * @param blockDuration milliseconds a key stays refused once it was over the limit; 0 for as long as it is
   * @param cost hits to count; more than the limit counts as the limit
   * @param declared of the budget, the same object for each hit; left out where a function of the application says what
   * holds, or chooses the key
   */
  increment(
    key: string,
    ttl: number,
    limit: number,
    blockDuration: number,
    throttlerName: string,
    cost?: number,
    declared?: DeclaredLimit,
  ): Promise<ThrottlerVerdict>;

  /** As `increment`, for a storage that may know at once. A message waits only for an answer that comes later. */
  hit?(
    key: string,
    ttl: number,
    limit: number,
    blockDuration: number,
    throttlerName: string,
    cost: number,
    declared?: DeclaredLimit,
  ): MaybePromise<ThrottlerVerdict>;
}

export function knowsCost(storage: ThrottlerStorage): storage is WsThrottlerStorage {
  return (storage as Partial<WsThrottlerStorage>).knowsCost === true;
}
