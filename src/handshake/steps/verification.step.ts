import { Injectable } from '@nestjs/common';
import { Counters } from '../../counters/counters.js';
import type { AuthenticationOutcome } from '../../counters/label-values.js';
import type { Credential } from '../../auth/credential.js';
import { checkSender } from '../../auth/sender-constraint.js';
import { MAX_TOKEN_BYTES, TokenVerifier } from '../../auth/token-verifier.js';
import { CompositeVerifier } from '../../auth/verifiers/composite.verifier.js';
import { TicketService } from '../../auth/tickets/ticket.service.js';
import { withDeadline } from '../../time/deadline.js';
import { isThenable } from '../../time/maybe-promise.js';
import type { Principal } from '../../connection/principal.js';
import type { SenderProof } from '../../connection/sender-proof.js';
import { TimerWheel } from '../../time/timer-wheel.js';
import { HandshakeRefusal } from '../../errors/handshake.refusal.js';
import { InvalidCredentialError } from '../../errors/invalid-credential.error.js';
import { Outages } from '../../observability/outages.js';
import type { ResolvedOptions } from '../../options/options.schema.js';
import { InjectSecurityOptions } from '../../options/options.token.js';
import type { Claimant } from '../claimant.interface.js';
import { Handshake } from '../handshake.js';
import { HandshakeStep } from '../handshake-step.js';
import { retrySoon } from '../retry-after.js';
import { WrongCredentials } from '../wrong-credentials.js';

/**
 * Verifies the credential. A wrong one is refused on a public gateway too. A valid one passes even after too many wrong
 * ones: otherwise a neighbor behind the same NAT could lock out others.
 */
@Injectable()
export class VerificationStep extends HandshakeStep {
  /** The name of a verifier of the application. */
  private readonly own: string | undefined;

  constructor(
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
    private readonly verifier: TokenVerifier,
    private readonly tickets: TicketService,
    private readonly wheel: TimerWheel,
    private readonly wrong: WrongCredentials,
    private readonly counters: Counters,
    private readonly outages: Outages,
  ) {
    super();
    // The module's own verifiers report their providers themselves.
    this.own = verifier instanceof CompositeVerifier ? undefined : verifier.constructor.name;
  }

  check(handshake: Claimant): void | Promise<void> {
    const { credential } = handshake;
    if (!credential) {
      // TLS has verified it.
      if (handshake.principal.kind === 'certificate') this.count(handshake, 'success');
      return undefined;
    }
    try {
      const verified = this.verify(credential, handshake.proof);
      if (verified instanceof Promise) {
        return verified
          .then((principal) => {
            this.works(credential);
            return this.identify(handshake, principal);
          })
          .catch((error: unknown) => this.refuse(handshake, error));
      }
      this.identify(handshake, verified);
      return undefined;
    } catch (error) {
      return this.refuse(handshake, error);
    }
  }

  private identify(handshake: Claimant, principal: Principal): void {
    identify(handshake, principal);
    this.count(handshake, 'success');
  }

  private verify({ token, kind }: Credential, proof: SenderProof): Principal | Promise<Principal> {
    if (token === '') throw new InvalidCredentialError('the token is empty', { check: 'malformed' });
    if (token.length > MAX_TOKEN_BYTES)
      throw new InvalidCredentialError('the token is too long', { check: 'too-long' });
    const { authTimeoutMs } = this.options;
    if (kind === 'ticket') {
      const redeemed = this.tickets.redeem(token);
      return isThenable(redeemed) ? withDeadline(this.wheel, authTimeoutMs, redeemed) : redeemed;
    }
    const known = this.verifier.verifyNow?.(token, kind, proof);
    return known ?? withDeadline(this.wheel, authTimeoutMs, this.verifier.verify(token, kind, proof));
  }

  private works({ kind }: Credential): void {
    if (this.own !== undefined && kind !== 'ticket') this.outages.works('verifier', this.own);
  }

  /** @throws HandshakeRefusal synchronously or in the promise */
  private refuse(claimant: Claimant, cause: unknown): void | Promise<void> {
    const { address, credential } = claimant;
    if (!(cause instanceof InvalidCredentialError)) {
      this.count(claimant, 'unavailable');
      if (this.own !== undefined && credential?.kind !== 'ticket')
        this.outages.failed('verifier', this.own, cause);
      throw new HandshakeRefusal('AUTH_UNAVAILABLE', retrySoon(), { cause });
    }
    this.count(claimant, 'failure');
    if (credential) this.works(credential);
    return this.wrong.refuse(address, cause);
  }

  /** A refresh has no handshake. */
  private count(claimant: Claimant, outcome: AuthenticationOutcome): void {
    const { credential } = claimant;
    const source = credential?.kind === 'api-key' ? 'api-key' : (credential?.source ?? 'certificate');
    const stage = source !== 'message' ? 'handshake' : claimant instanceof Handshake ? 'login' : 'refresh';
    this.counters.authenticated(stage, source, outcome);
  }
}

/**
 * Checks the result, because a verifier of the application may return anything: a principal without an id would be
 * treated as anonymous. A token that is bound to a key needs the proof of this connection, also with a ticket.
 */
function identify(claimant: Claimant, principal: Principal): void {
  if (typeof principal.id !== 'string' || principal.id === '')
    throw new InvalidCredentialError('the verifier returned a principal without an id', { check: 'subject' });
  checkSender(principal, claimant.proof);
  claimant.principal = principal;
}
