import { Injectable } from '@nestjs/common';
import type { ThrottlerStorage } from '@nestjs/throttler';
import type { Credential } from '../../auth/credential-extractor.js';
import { MAX_TOKEN_BYTES, TokenVerifier } from '../../auth/token-verifier.js';
import { TicketService } from '../../auth/tickets/ticket.service.js';
import { withDeadline } from '../../connection/deadline.js';
import type { Principal } from '../../connection/principal.js';
import { TimerWheel } from '../../connection/timer-wheel.js';
import { HandshakeRefusal } from '../../errors/handshake.refusal.js';
import { InvalidCredentialError } from '../../errors/invalid-credential.error.js';
import type { ResolvedOptions } from '../../options/options.schema.js';
import { InjectSecurityOptions } from '../../options/options.token.js';
import { countHit } from '../../throttling/count-hit.js';
import { InjectWsThrottlerStorage } from '../../throttling/throttler-storage.token.js';
import { waitOf } from '../../throttling/throttler-verdict.interface.js';
import { INVALID_TOKEN } from '../challenge.js';
import type { Claimant } from '../claimant.interface.js';
import { decideOn } from '../decide-on.js';
import { HandshakeStep } from '../handshake-step.js';
import { retryAfter } from '../retry-after.js';

const RETRY_MS = 5000;

/**
 * Who the credential speaks of. Every wrong one gets the same answer, also on a public gateway, and only so many of
 * them an address. A right one passes even then: a neighbour behind the same NAT must not lock others out.
 */
@Injectable()
export class VerificationStep extends HandshakeStep {
  constructor(
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
    @InjectWsThrottlerStorage() private readonly storage: ThrottlerStorage,
    private readonly verifier: TokenVerifier,
    private readonly tickets: TicketService,
    private readonly wheel: TimerWheel,
  ) {
    super();
  }

  check(handshake: Claimant): void | Promise<void> {
    const { credential } = handshake;
    if (!credential) return undefined;
    let verified: Principal | Promise<Principal>;
    try {
      verified = this.verify(credential);
    } catch (error) {
      return this.refuse(handshake, error);
    }
    if (verified instanceof Promise) {
      return verified.then(
        (principal) => void (handshake.principal = principal),
        (error: unknown) => this.refuse(handshake, error),
      );
    }
    handshake.principal = verified;
    return undefined;
  }

  private verify({ token, kind }: Credential): Principal | Promise<Principal> {
    if (token === '' || token.length > MAX_TOKEN_BYTES)
      throw new InvalidCredentialError('no token, or too long');
    const known = kind === 'ticket' ? undefined : this.verifier.verifyNow?.(token, kind);
    if (known) return known;
    const verified = kind === 'ticket' ? this.tickets.redeem(token) : this.verifier.verify(token, kind);
    return withDeadline(this.wheel, this.options.authTimeoutMs, verified);
  }

  /** @throws HandshakeRefusal now or later */
  private refuse({ address }: Claimant, cause: unknown): void | Promise<void> {
    if (!(cause instanceof InvalidCredentialError)) {
      throw new HandshakeRefusal('AUTH_UNAVAILABLE', retryAfter(RETRY_MS), { cause });
    }
    const { authFailureLimit: limit, authFailureTtlMs: ttl } = this.options;
    return decideOn(
      () => countHit(this.storage, address, ttl, limit, 'auth-failure'),
      (verdict) => {
        if (!verdict.isBlocked) throw new HandshakeRefusal('UNAUTHENTICATED', INVALID_TOKEN, { cause });
        throw new HandshakeRefusal('RATE_LIMITED', retryAfter(waitOf(verdict)), { cause });
      },
    );
  }
}
