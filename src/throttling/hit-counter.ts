import { HttpException, Injectable, Optional } from '@nestjs/common';
import type { ThrottlerStorage } from '@nestjs/throttler';
import { WsException } from '@nestjs/websockets';
import { Counters } from '../counters/counters.js';
import { HandshakeRefusal } from '../errors/handshake.refusal.js';
import { OverloadedException } from '../errors/ws-exceptions.js';
import { WsSecurityException } from '../errors/ws-security.exception.js';
import { Outages } from '../observability/outages.js';
import { Faults } from '../faults/faults.js';
import { isThenable, type MaybePromise } from '../time/maybe-promise.js';
import type { LimitRule } from './limit-rule.js';
import { type ThrottlerVerdict, waitOf } from './throttler-verdict.interface.js';
import { knowsCost } from './ws-throttler-storage.interface.js';

/** Sent to clients if a storage fails, because its recovery time is unknown. */
const RETRY_MS = 1000;

/** What events call the storage. */
const STORE = 'ThrottlerStorage';

/** Exceptions that a storage throws on purpose. */
const INTENDED = [WsSecurityException, HttpException, WsException, HandshakeRefusal];

/**
 * Counts hits in the storage of the application. If the storage fails, the hit is refused and the failure is reported
 * to the operator.
 */
@Injectable()
export class HitCounter {
  constructor(
    @Optional() private readonly faults?: Faults,
    @Optional() private readonly counters?: Counters,
    @Optional() private readonly outages?: Outages,
  ) {}

  /**
   * Counts a hit, synchronously if the storage can.
   *
   * @param limit the current limit; a value that is not a number refuses every hit
   * @throws OverloadedException thrown or rejected, if the storage fails
   */
  count(
    storage: ThrottlerStorage,
    key: string,
    rule: LimitRule,
    limit: number,
  ): ThrottlerVerdict | Promise<ThrottlerVerdict> {
    try {
      const verdict = ask(storage, key, rule, limit >= 0 ? limit : 0);
      if (!isThenable(verdict)) return this.succeed(verdict, rule);
      this.counters?.stores.watch('throttler', verdict);
      return Promise.resolve(verdict)
        .then((late) => this.succeed(late, rule))
        .catch((error: unknown) => this.fail(error));
    } catch (error) {
      return this.fail(error);
    }
  }

  private succeed(verdict: ThrottlerVerdict, { name }: LimitRule): ThrottlerVerdict {
    const known = checked(verdict);
    this.outages?.works('store', STORE);
    if (known.isBlocked) this.counters?.throttled(name);
    return known;
  }

  private fail(cause: unknown): never {
    if (INTENDED.some((type) => cause instanceof type)) throw cause;
    this.faults?.report('The throttler storage failed', cause);
    this.outages?.failed('store', STORE, cause);
    throw new OverloadedException(RETRY_MS, { cause });
  }
}

function ask(
  storage: ThrottlerStorage,
  key: string,
  rule: LimitRule,
  limit: number,
): MaybePromise<ThrottlerVerdict> {
  const { name, ttl, blockDuration, cost, declared } = rule;
  if (!knowsCost(storage)) return oneByOne(storage, key, rule, limit);
  return storage.hit
    ? storage.hit(key, ttl, limit, blockDuration, name, cost, declared)
    : storage.increment(key, ttl, limit, blockDuration, name, cost, declared);
}

/** For a storage without costs. */
async function oneByOne(
  storage: ThrottlerStorage,
  key: string,
  { name, ttl, blockDuration, cost }: LimitRule,
  limit: number,
): Promise<ThrottlerVerdict> {
  let verdict = await storage.increment(key, ttl, limit, blockDuration, name);
  for (let i = 1; i < Math.min(cost, limit) && !checked(verdict).isBlocked; i++)
    verdict = await storage.increment(key, ttl, limit, blockDuration, name);
  return verdict;
}

/** @throws TypeError if `isBlocked` is not a boolean, or the wait is not a number */
function checked(verdict: ThrottlerVerdict): ThrottlerVerdict {
  const answer = verdict as Partial<ThrottlerVerdict> | null | undefined;
  if (typeof answer?.isBlocked !== 'boolean' || Number.isNaN(waitOf(verdict)))
    throw new TypeError('The throttler storage must return isBlocked as a boolean and the wait as a number');
  return verdict;
}
