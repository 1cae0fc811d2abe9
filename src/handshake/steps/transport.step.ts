import { Injectable } from '@nestjs/common';
import { HandshakeRefusal } from '../../errors/handshake.refusal.js';
import type { ResolvedOptions } from '../../options/options.schema.js';
import { InjectSecurityOptions } from '../../options/options.token.js';
import type { Handshake } from '../handshake.js';
import { HandshakeStep } from '../handshake-step.js';

/** Requires TLS to this process or to a trusted proxy. */
@Injectable()
export class TransportStep extends HandshakeStep {
  constructor(@InjectSecurityOptions() private readonly options: ResolvedOptions) {
    super();
  }

  check({ isSecure }: Handshake): void {
    if (!this.options.requireTls || isSecure) return;
    const details = { transport: 'plain', allowed: 'TLS, or https as told by a trusted proxy' };
    throw new HandshakeRefusal('INSECURE_TRANSPORT', {}, { details });
  }
}
