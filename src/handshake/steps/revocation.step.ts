import { Injectable } from '@nestjs/common';
import { RevocationService } from '../../auth/revocation.service.js';
import { HandshakeRefusal } from '../../errors/handshake.refusal.js';
import { InvalidCredentialError } from '../../errors/invalid-credential.error.js';
import type { Claimant } from '../claimant.interface.js';
import { decideOn } from '../decide-on.js';
import { HandshakeStep } from '../handshake-step.js';
import { retrySoon } from '../retry-after.js';
import { WrongCredentials } from '../wrong-credentials.js';

/** Refuses revoked credentials like forged ones. If the store fails, every credential gets 503. */
@Injectable()
export class RevocationStep extends HandshakeStep {
  constructor(
    private readonly revocations: RevocationService,
    private readonly wrong: WrongCredentials,
  ) {
    super();
  }

  check({ principal, address }: Claimant): void | Promise<void> {
    if (principal.id === null) return undefined;
    return decideOn(
      () => this.revocations.isRevokedAnywhere(principal),
      (isRevoked) =>
        isRevoked
          ? this.wrong.refuse(address, new InvalidCredentialError('revoked', { check: 'revoked' }))
          : undefined,
      (cause) => new HandshakeRefusal('AUTH_UNAVAILABLE', retrySoon(), { cause }),
    );
  }
}
