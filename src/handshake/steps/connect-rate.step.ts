import { Injectable } from '@nestjs/common';
import type { ThrottlerStorage } from '@nestjs/throttler';
import { HandshakeRefusal } from '../../errors/handshake.refusal.js';
import type { ResolvedOptions } from '../../options/options.schema.js';
import { InjectSecurityOptions } from '../../options/options.token.js';
import { InjectWsThrottlerStorage } from '../../throttling/throttler-storage.token.js';
import { countHit } from '../../throttling/count-hit.js';
import { waitOf } from '../../throttling/throttler-verdict.interface.js';
import { decideOn } from '../decide-on.js';
import type { Handshake } from '../handshake.js';
import { HandshakeStep } from '../handshake-step.js';
import { retryAfter } from '../retry-after.js';

/** Handshakes per address. One that was refused here does not count. */
@Injectable()
export class ConnectRateStep extends HandshakeStep {
  constructor(
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
    @InjectWsThrottlerStorage() private readonly storage: ThrottlerStorage,
  ) {
    super();
  }

  check({ address }: Handshake): void | Promise<void> {
    const { connectRateLimit: limit, connectRateTtlMs: ttl } = this.options;
    return decideOn(
      () => countHit(this.storage, address, ttl, limit, 'connect'),
      (verdict) => {
        if (verdict.isBlocked) throw new HandshakeRefusal('RATE_LIMITED', retryAfter(waitOf(verdict)));
      },
    );
  }
}
