import { Injectable } from '@nestjs/common';
import type { ThrottlerStorage } from '@nestjs/throttler';
import { HandshakeRefusal } from '../errors/handshake.refusal.js';
import type { ResolvedOptions } from '../options/options.schema.js';
import { InjectSecurityOptions } from '../options/options.token.js';
import { countHit } from '../throttling/count-hit.js';
import { InjectWsThrottlerStorage } from '../throttling/throttler-storage.token.js';
import { waitOf } from '../throttling/throttler-verdict.interface.js';
import { decideOn } from './decide-on.js';
import { retryAfter } from './retry-after.js';

/** Attempts to come in: handshakes, and `auth` messages, which are as much work. One that was refused does not count. */
@Injectable()
export class ConnectRate {
  constructor(
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
    @InjectWsThrottlerStorage() private readonly storage: ThrottlerStorage,
  ) {}

  /**
   * @param key whose attempt it is
   * @throws HandshakeRefusal now or later
   */
  count(key: string, kind: 'connect' | 'auth'): void | Promise<void> {
    const { connectRateLimit: limit, connectRateTtlMs: ttl } = this.options;
    return decideOn(
      () => countHit(this.storage, key, ttl, limit, kind),
      (verdict) => {
        if (verdict.isBlocked) throw new HandshakeRefusal('RATE_LIMITED', retryAfter(waitOf(verdict)));
      },
    );
  }
}
