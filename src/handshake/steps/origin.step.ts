import { Injectable } from '@nestjs/common';
import { HandshakeRefusal } from '../../errors/handshake.refusal.js';
import { shownList, shownText } from '../../observability/shown-text.js';
import type { ResolvedOptions } from '../../options/options.schema.js';
import { InjectSecurityOptions } from '../../options/options.token.js';
import type { Handshake } from '../handshake.js';
import { HandshakeStep } from '../handshake-step.js';
import { OriginPolicy, ownOrigin } from '../origin-policy.js';

const NO_ORIGIN = 'no Origin, which a cookie or a client certificate alone requires';

/**
 * Refuses pages of other sites (CWE-1385). A request without an Origin is not from a browser. It is still refused if a
 * browser would have sent the credential automatically.
 */
@Injectable()
export class OriginStep extends HandshakeStep {
  private readonly policy: OriginPolicy;
  /** What is allowed besides the service's own origin, as events show it. */
  private readonly others: string;

  constructor(@InjectSecurityOptions() options: ResolvedOptions) {
    super();
    const { allowedOrigins } = options;
    this.others = allowedOrigins.length > 0 ? `, ${shownList(allowedOrigins)}` : '';
    this.policy = new OriginPolicy(options.allowedOrigins);
  }

  check(handshake: Handshake): void {
    const origin = handshake.request.only('origin');
    if (origin === undefined && !this.isAmbient(handshake)) return;
    const own = ownOrigin(handshake.host, handshake.isSecure);
    if (origin !== undefined && this.policy.allows(origin, own)) return;
    const allowed = shownText(own) + this.others;
    // The event has the origin in any case.
    const details = { ...(origin === undefined && { reason: NO_ORIGIN }), allowed };
    throw new HandshakeRefusal('ORIGIN_NOT_ALLOWED', {}, { details });
  }

  /** Whether the browser sends the credential automatically: a cookie, or a client certificate alone. */
  private isAmbient({ certificate, credentials }: Handshake): boolean {
    if (credentials.length === 0) return certificate !== undefined;
    return credentials.some(({ source }) => source === 'cookie');
  }
}
