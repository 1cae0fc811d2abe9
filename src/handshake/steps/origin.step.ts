import { Injectable } from '@nestjs/common';
import { CredentialExtractor } from '../../auth/credential-extractor.js';
import { HandshakeRefusal } from '../../errors/handshake.refusal.js';
import type { ResolvedOptions } from '../../options/options.schema.js';
import { InjectSecurityOptions } from '../../options/options.token.js';
import type { Handshake } from '../handshake.js';
import { HandshakeStep } from '../handshake-step.js';
import { OriginPolicy, ownOrigin } from '../origin-policy.js';

/**
 * Keeps pages of other sites out (CWE-1385). Without an Origin it is no browser, unless the browser would have
 * brought the credential by itself.
 */
@Injectable()
export class OriginStep extends HandshakeStep {
  private readonly policy: OriginPolicy;

  constructor(
    @InjectSecurityOptions() options: ResolvedOptions,
    private readonly extractor: CredentialExtractor,
  ) {
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

  /** The client certificate is the identity: nothing that a script had to know. */
  private isAmbient({ certificate, request }: Handshake): boolean {
    return certificate !== undefined && this.extractor.extract(request).length === 0;
  }
}
