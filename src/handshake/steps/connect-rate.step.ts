import { Injectable } from '@nestjs/common';
import type { ThrottlerStorage } from '@nestjs/throttler';
import { HandshakeRefusal } from '../../errors/handshake.refusal.js';
import type { ResolvedOptions } from '../../options/options.schema.js';
import { InjectSecurityOptions } from '../../options/options.token.js';
import { InjectWsThrottlerStorage } from '../../throttling/throttler-storage.token.js';
import { waitOf } from '../../throttling/throttler-verdict.interface.js';
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

  async check({ address }: Handshake): Promise<void> {
    const { connectRateLimit, connectRateTtlMs } = this.options;
    const verdict = await this.storage.increment(address, connectRateTtlMs, connectRateLimit, 0, 'connect');
    if (verdict.isBlocked) throw new HandshakeRefusal('RATE_LIMITED', retryAfter(waitOf(verdict)));
  }
}
