import { Injectable } from '@nestjs/common';
import { CredentialExtractor } from '../../auth/credential-extractor.js';
import { HandshakeRefusal } from '../../errors/handshake.refusal.js';
import type { Handshake } from '../handshake.js';
import { HandshakeStep } from '../handshake-step.js';

/** One credential, not two; none only where a gateway is public. */
@Injectable()
export class CredentialStep extends HandshakeStep {
  constructor(private readonly extractor: CredentialExtractor) {
    super();
  }

  check(handshake: Handshake): void {
    const credentials = this.extractor.extract(handshake.request);
    if (credentials.length > 1) throw new HandshakeRefusal('BAD_HANDSHAKE');
    handshake.credential = credentials[0];
    if (!handshake.credential && handshake.endpoint?.policy.isPublic !== true) {
      throw new HandshakeRefusal('UNAUTHENTICATED', { 'WWW-Authenticate': 'Bearer' });
    }
  }
}
