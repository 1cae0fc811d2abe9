import { Injectable } from '@nestjs/common';
import { RevocationService } from '../../auth/revocation.service.js';
import { HandshakeRefusal } from '../../errors/handshake.refusal.js';
import { INVALID_TOKEN } from '../challenge.js';
import type { Claimant } from '../claimant.interface.js';
import { decideOn } from '../decide-on.js';
import { HandshakeStep } from '../handshake-step.js';
import { retryAfter } from '../retry-after.js';

const RETRY_MS = 5000;

/** A credential that was revoked is as wrong as a forged one. When it cannot be told, nobody comes in. */
@Injectable()
export class RevocationStep extends HandshakeStep {
  constructor(private readonly revocations: RevocationService) {
    super();
  }

  check({ principal }: Claimant): void | Promise<void> {
    if (principal.id === null) return undefined;
    return decideOn(
      () => this.revocations.isRevokedAnywhere(principal),
      (isRevoked) => {
        if (isRevoked) throw new HandshakeRefusal('UNAUTHENTICATED', INVALID_TOKEN);
      },
      (cause) => new HandshakeRefusal('AUTH_UNAVAILABLE', retryAfter(RETRY_MS), { cause }),
    );
  }
}
