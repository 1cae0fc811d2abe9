import { Injectable, Logger } from '@nestjs/common';
import { MAX_TOKEN_BYTES, TokenVerifier } from '../../auth/token-verifier.js';
import { HandshakeRefusal } from '../../errors/handshake.refusal.js';
import { InvalidCredentialError } from '../../errors/invalid-credential.error.js';
import type { Handshake } from '../handshake.js';
import { HandshakeStep } from '../handshake-step.js';

/** Who the credential speaks of. Every wrong one gets the same answer, also on a public gateway. */
@Injectable()
export class VerificationStep extends HandshakeStep {
  private readonly logger = new Logger('WsSecurity');

  constructor(private readonly verifier: TokenVerifier) {
    super();
  }

  async check(handshake: Handshake): Promise<void> {
    if (!handshake.credential) return;
    const { token } = handshake.credential;
    if (token === '' || token.length > MAX_TOKEN_BYTES) throw this.invalid();
    try {
      handshake.principal = await this.verifier.verify(token);
    } catch (error) {
      if (error instanceof InvalidCredentialError) throw this.invalid(error);
      this.logger.error(
        'A credential could not be verified',
        error instanceof Error ? error.stack : undefined,
      );
      throw new HandshakeRefusal('AUTH_UNAVAILABLE', { 'Retry-After': '5' }, { cause: error });
    }
  }

  private invalid(cause?: Error): HandshakeRefusal {
    return new HandshakeRefusal(
      'UNAUTHENTICATED',
      { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
      cause && { cause },
    );
  }
}
