import { Injectable } from '@nestjs/common';
import { HandshakeRefusal } from '../../errors/handshake.refusal.js';
import type { ResolvedOptions } from '../../options/options.schema.js';
import { InjectSecurityOptions } from '../../options/options.token.js';
import type { Handshake } from '../handshake.js';
import { HandshakeStep } from '../handshake-step.js';
import { OriginPolicy, ownOrigin } from '../origin-policy.js';

/**
 * Refuses pages of other sites (CWE-1385). A request without an Origin is not from a browser. It is still refused if a
 * browser would have sent the credential automatically.
 */
@Injectable()
export class OriginStep extends HandshakeStep {
  private readonly policy: OriginPolicy;

  constructor(@InjectSecurityOptions() options: ResolvedOptions) {
    super();
    this.policy = new OriginPolicy(options.allowedOrigins);
  }

  check(handshake: Handshake): void {
    const origin = handshake.request.only('origin');
    const passes =
      origin === undefined
        ? !this.isAmbient(handshake)
        : this.policy.allows(origin, ownOrigin(handshake.host, handshake.isSecure));
    if (!passes) throw new HandshakeRefusal('ORIGIN_NOT_ALLOWED');
  }

  /** Whether the browser sends the credential automatically: a cookie, or a client certificate alone. */
  private isAmbient({ certificate, credentials }: Handshake): boolean {
    if (credentials.length === 0) return certificate !== undefined;
    return credentials.some(({ source }) => source === 'cookie');
  }
}
