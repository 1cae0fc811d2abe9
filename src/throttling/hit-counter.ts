import { HttpException, Injectable, Optional } from '@nestjs/common';
import type { ThrottlerStorage } from '@nestjs/throttler';
import { WsException } from '@nestjs/websockets';
import { HandshakeRefusal } from '../errors/handshake.refusal.js';
import { OverloadedException } from '../errors/ws-exceptions.js';
import { WsSecurityException } from '../errors/ws-security.exception.js';
import { Faults } from '../faults/faults.js';
import { isThenable, type MaybePromise } from '../time/maybe-promise.js';
import type { LimitRule } from './limit-rule.js';
import { type ThrottlerVerdict, waitOf } from './throttler-verdict.interface.js';
import { knowsCost } from './ws-throttler-storage.interface.js';

/** When a storage works again is not known; its clients ask again in a while. */
const RETRY_MS = 1000;

/** What a storage throws on purpose. */
const MEANT = [WsSecurityException, HttpException, WsException, HandshakeRefusal];

/**
 * Counts hits in whatever storage the application has. Nothing passes that was not counted, and a storage that fails is
 * told to the operator.
 */
@Injectable()
export class HitCounter {
  constructor(@Optional() private readonly faults?: Faults) {}

  /**
   * Counts a hit, at once where the storage can.
   *
   * @param limit that holds now; one that is no number lets nothing through
   * @throws OverloadedException now or later, when the storage fails
   */
  count(
    storage: ThrottlerStorage,
    key: string,
    rule: LimitRule,
    limit: number,
  ): ThrottlerVerdict | Promise<ThrottlerVerdict> {
    try {
      const verdict = ask(storage, key, rule, limit >= 0 ? limit : 0);
      if (!isThenable(verdict)) return checked(verdict);
      return Promise.resolve(verdict)
        .then(checked)
        .catch((error: unknown) => this.fail(error));
    } catch (error) {
      return this.fail(error);
    }
  }

  private fail(cause: unknown): never {
    if (MEANT.some((type) => cause instanceof type)) throw cause;
    this.faults?.report('The throttler storage failed', cause);
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

/** For a storage that knows no costs. */
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

/** @throws TypeError when it says neither yes nor no, or names no wait */
function checked(verdict: ThrottlerVerdict): ThrottlerVerdict {
  const answer = verdict as Partial<ThrottlerVerdict> | null | undefined;
  if (typeof answer?.isBlocked !== 'boolean' || Number.isNaN(waitOf(verdict)))
    throw new TypeError('The answer is no verdict: isBlocked must be true or false, and a wait a number');
  return verdict;
}
