import { Injectable } from '@nestjs/common';
import type { ThrottlerStorage } from '@nestjs/throttler';
import { HandshakeRefusal } from '../errors/handshake.refusal.js';
import type { ResolvedOptions } from '../options/options.schema.js';
import { InjectSecurityOptions } from '../options/options.token.js';
import { HitCounter } from '../throttling/hit-counter.js';
import { limitOf, type LimitRule, plainRule } from '../throttling/limit-rule.js';
import { InjectWsThrottlerStorage } from '../throttling/throttler-storage.token.js';
import { waitOf } from '../throttling/throttler-verdict.interface.js';
import { decideOn } from './decide-on.js';
import { retryAfter } from './retry-after.js';

/** Limits the rate of handshakes and of `auth` messages, which cost as much. Refused attempts are not counted. */
@Injectable()
export class ConnectRate {
  private readonly rules: Readonly<Record<'connect' | 'auth', LimitRule>>;

  constructor(
    @InjectSecurityOptions() { connectRateLimit: limit, connectRateTtlMs: ttl }: ResolvedOptions,
    @InjectWsThrottlerStorage() private readonly storage: ThrottlerStorage,
    private readonly hits: HitCounter,
  ) {
    this.rules = { connect: plainRule('connect', limit, ttl), auth: plainRule('auth', limit, ttl) };
  }

  /**
   * @param key the address or user that the attempt is counted for
   * @throws HandshakeRefusal synchronously or in the promise
   * @throws OverloadedException synchronously or in the promise, if the storage fails
   */
  count(key: string, kind: 'connect' | 'auth'): void | Promise<void> {
    const rule = this.rules[kind];
    return decideOn(
      () => this.hits.count(this.storage, key, rule, rule.limit),
      (verdict) => {
        if (!verdict.isBlocked) return;
        throw new HandshakeRefusal('RATE_LIMITED', retryAfter(waitOf(verdict)), { details: limitOf(rule) });
      },
    );
  }
}
