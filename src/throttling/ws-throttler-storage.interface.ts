import type { ThrottlerStorage } from '@nestjs/throttler';
import type { MaybePromise } from '../time/maybe-promise.js';
import type { DeclaredLimit } from './declared-limit.interface.js';
import type { ThrottlerVerdict } from './throttler-verdict.interface.js';

/** What is left of a budget. @publicApi */
export interface BudgetState {
  /** The hits that would be accepted now. A storage that nodes share may name fewer. */
  readonly remaining: number;
  /** Milliseconds until a hit is accepted; 0 if one is now. */
  readonly retryAfterMs: number;
}

/**
 * A `ThrottlerStorage` with costs: it counts several hits together, either all or none. A key has one window per
 * throttler, even if its limit changes.
 *
 * If it throws or rejects, a message is answered with `OVERLOADED` and a handshake with 503.
 *
 * @publicApi
 */
export interface WsThrottlerStorage extends ThrottlerStorage {
  readonly knowsCost: true;

  /**
   * Counts a hit.
   *
   * @param ttl the window in milliseconds
   * @param limit the current hits per window for this key
   * @param blockDuration milliseconds for which a key is blocked after it exceeded the limit; 0 blocks only while the
   * window is full
   * @param cost hits to count; a cost above the limit counts as the limit
   * @param declared the declared limits of the budget, the same object for each hit; omitted if a function of the
   * application determines the limit or the key
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

  /** Like `increment`, for a storage that may answer synchronously. Then the message does not have to wait. */
  hit?(
    key: string,
    ttl: number,
    limit: number,
    blockDuration: number,
    throttlerName: string,
    cost: number,
    declared?: DeclaredLimit,
  ): MaybePromise<ThrottlerVerdict>;

  /**
   * What is left of a budget, without a hit. The parameters are those of `increment`.
   *
   * @throws if the storage cannot answer
   */
  peek?(
    key: string,
    ttl: number,
    limit: number,
    throttlerName: string,
    declared?: DeclaredLimit,
  ): MaybePromise<BudgetState>;
}

export function knowsCost(storage: ThrottlerStorage): storage is WsThrottlerStorage {
  return (storage as Partial<WsThrottlerStorage>).knowsCost === true;
}
