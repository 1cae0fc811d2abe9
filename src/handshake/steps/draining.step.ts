import { Injectable } from '@nestjs/common';
import { DrainService } from '../../connection/drain.service.js';
import { HandshakeRefusal } from '../../errors/handshake.refusal.js';
import type { ResolvedOptions } from '../../options/options.schema.js';
import { InjectSecurityOptions } from '../../options/options.token.js';
import { HandshakeStep } from '../handshake-step.js';
import { retryAfter } from '../retry-after.js';

/** Refuses handshakes while this node is draining. */
@Injectable()
export class DrainingStep extends HandshakeStep {
  constructor(
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
    private readonly drain: DrainService,
  ) {
    super();
  }

  check(): void {
    if (!this.drain.isDraining) return;
    throw new HandshakeRefusal('DRAINING', retryAfter(this.options.drainTimeoutMs));
  }
}
