import { Injectable } from '@nestjs/common';
import { HandshakeRefusal } from '../../errors/handshake.refusal.js';
import type { ResolvedOptions } from '../../options/options.schema.js';
import { InjectSecurityOptions } from '../../options/options.token.js';
import type { Handshake } from '../handshake.js';
import { HandshakeStep } from '../handshake-step.js';
import { OriginPolicy, ownOrigin } from '../origin-policy.js';

/** Keeps pages of other sites out (CWE-1385). Without an Origin it is no browser, and nothing ambient counts. */
@Injectable()
export class OriginStep extends HandshakeStep {
  private readonly policy: OriginPolicy;

  constructor(@InjectSecurityOptions() options: ResolvedOptions) {
    super();
    this.policy = new OriginPolicy(options.allowedOrigins);
  }

  check({ request }: Handshake): void {
    const origin = request.only('origin');
    if (origin === undefined) return;
    const own = ownOrigin(request.only('host') ?? '', request.isSecure);
    if (!this.policy.allows(origin, own)) throw new HandshakeRefusal('ORIGIN_NOT_ALLOWED');
  }
}
