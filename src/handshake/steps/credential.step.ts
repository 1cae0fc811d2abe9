import { Injectable } from '@nestjs/common';
import { HandshakeRefusal } from '../../errors/handshake.refusal.js';
import { shownList } from '../../observability/shown-text.js';
import type { ResolvedOptions } from '../../options/options.schema.js';
import { InjectSecurityOptions } from '../../options/options.token.js';
import { CloseCode } from '../../protocol/close-code.enum.js';
import type { Handshake } from '../handshake.js';
import { HandshakeStep } from '../handshake-step.js';

/**
 * Requires exactly one credential, or none if the gateway is public or the first message may bring it. A client
 * certificate can be combined with a token, which then is the identity. Without a token, the certificate is the
 * identity. Unsecured gateways require none.
 */
@Injectable()
export class CredentialStep extends HandshakeStep {
  constructor(@InjectSecurityOptions() private readonly options: ResolvedOptions) {
    super();
  }

  check(handshake: Handshake): void {
    if (handshake.isUnsecured) return;
    const { credentials } = handshake;
    if (credentials.length > 1) {
      const sources = credentials.map(({ source }) => source);
      const details = { reason: `more than one credential: ${shownList(sources)}` };
      const refusal = new HandshakeRefusal('BAD_HANDSHAKE', {}, { details });
      refusal.closeCode = CloseCode.BAD_REQUEST;
      throw refusal;
    }
    handshake.credential = credentials[0];
    if (handshake.credential) return;
    if (handshake.certificate) handshake.principal = handshake.certificate;
    else if (handshake.endpoint?.policy.isPublic === true) return;
    else if (this.options.authSources.includes('message')) handshake.awaitsLogin = true;
    else throw noCredential(this.options.authSources);
  }
}

function noCredential(sources: readonly string[]): HandshakeRefusal {
  const details = { reason: 'no credential', allowed: shownList(sources) };
  return new HandshakeRefusal('UNAUTHENTICATED', { 'WWW-Authenticate': 'Bearer' }, { details });
}
