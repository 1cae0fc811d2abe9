import { Injectable } from '@nestjs/common';
import { RevocationService } from '../../auth/revocation.service.js';
import { HandshakeRefusal } from '../../errors/handshake.refusal.js';
import type { Claimant } from '../claimant.interface.js';
import { HandshakeStep } from '../handshake-step.js';
import { retryAfter } from '../retry-after.js';

const RETRY_MS = 5000;

/** A credential that was revoked is as wrong as a forged one. When it cannot be told, nobody comes in. */
@Injectable()
export class RevocationStep extends HandshakeStep {
  constructor(private readonly revocations: RevocationService) {
    super();
  }

  async check({ principal }: Claimant): Promise<void> {
    if (principal.id === null) return;
    let isRevoked: boolean;
    try {
      isRevoked = await this.revocations.isRevoked(principal);
    } catch (cause) {
      throw new HandshakeRefusal('AUTH_UNAVAILABLE', retryAfter(RETRY_MS), { cause });
    }
    if (isRevoked) {
      throw new HandshakeRefusal('UNAUTHENTICATED', { 'WWW-Authenticate': 'Bearer error="invalid_token"' });
    }
  }
}
