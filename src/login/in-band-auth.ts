import { Injectable } from '@nestjs/common';
import type { Credential } from '../auth/credential.js';
import { RevocationService } from '../auth/revocation.service.js';
import { connectionAuth } from '../connection/connection-auth.js';
import type { ServedConnection } from '../connection/served-connection.js';
import { ConnectionLifecycleService } from '../connection/connection-lifecycle.service.js';
import { ANONYMOUS, isSamePrincipal, type Principal } from '../connection/principal.js';
import { Faults } from '../faults/faults.js';
import { releaseAll } from '../faults/release-all.js';
import { HandshakeRefusal } from '../errors/handshake.refusal.js';
import { InvalidCredentialError } from '../errors/invalid-credential.error.js';
import { RateLimitedException } from '../errors/ws-exceptions.js';
import { ConnectRate } from '../handshake/connect-rate.js';
import { Handshake } from '../handshake/handshake.js';
import type { Claimant } from '../handshake/claimant.interface.js';
import { HandshakePipeline } from '../handshake/handshake.pipeline.js';
import { detailsOf, refusalOf } from '../handshake/refusal-of.js';
import { BanStep } from '../handshake/steps/ban.step.js';
import { ConnectGuardStep } from '../handshake/steps/connect-guard.step.js';
import { RevocationStep } from '../handshake/steps/revocation.step.js';
import { VerificationStep } from '../handshake/steps/verification.step.js';
import { AuthEventHandler } from '../messages/auth-event.handler.js';
import type { InboundMessage } from '../messages/inbound-message.js';
import { ViolationService } from '../messages/violation.service.js';
import { authFields, connectionFields, userFields } from '../observability/identity-fields.js';
import { SecurityEvents } from '../observability/security-events.js';
import { CloseCode } from '../protocol/close-code.enum.js';
import { ReservedEvent } from '../protocol/reserved-event.js';
import { BanService } from '../throttling/bans/ban.service.js';
import { retryAfterMsOf, toException } from './auth-refusal.js';

const IN_BAND = connectionAuth('message', 'bearer');

type InBandClaimant = Claimant & { readonly credential: Credential };

/**
 * Handles the reserved `auth` event: a login for a client that has no credential yet, a new credential for others. Both
 * are decided by the steps of the handshake.
 */
@Injectable()
export class InBandAuth extends AuthEventHandler {
  private readonly anonymous = new WeakMap<ServedConnection, Handshake>();
  /** The handshakes of connections whose path has connect guards. */
  private readonly guarded = new WeakMap<ServedConnection, Handshake>();
  /** Attempts in progress. When one resolves, the client has been answered. */
  private readonly busy = new WeakMap<ServedConnection, Promise<HandshakeRefusal | undefined>>();

  constructor(
    private readonly pipeline: HandshakePipeline,
    private readonly verification: VerificationStep,
    private readonly ban: BanStep,
    private readonly revocation: RevocationStep,
    private readonly guards: ConnectGuardStep,
    private readonly revocations: RevocationService,
    private readonly bans: BanService,
    private readonly lifecycle: ConnectionLifecycleService,
    private readonly events: SecurityEvents,
    private readonly violations: ViolationService,
    private readonly rate: ConnectRate,
    private readonly faults: Faults,
  ) {
    super();
  }

  /** Lets an anonymous connection log in later. */
  expect(connection: ServedConnection, handshake: Handshake): void {
    this.anonymous.set(connection, handshake);
  }

  /**
   * Keeps the handshake of an authenticated connection, if its guards will be asked again. It is not kept otherwise, to
   * save memory.
   */
  remember(connection: ServedConnection, handshake: Handshake): void {
    if (handshake.endpoint?.policy.connectGuards?.length !== 0) this.guarded.set(connection, handshake);
  }

  /** @returns whether the login succeeded; if not, the connection is closing */
  async login(connection: ServedConnection, message: InboundMessage): Promise<boolean> {
    const refusal = await this.attempt(connection, message);
    if (!refusal) return true;
    const code = refusal.closeCode ?? CloseCode.UNAUTHENTICATED;
    connection.close(code, refusal.code.toLowerCase().replaceAll('_', ' '), retryAfterMsOf(refusal));
    return false;
  }

  override handle(connection: ServedConnection, message: InboundMessage): void {
    void this.attempt(connection, message);
  }

  override async settled(connection: ServedConnection): Promise<void> {
    await this.busy.get(connection);
  }

  /** @returns the refusal, or undefined if there is none; the client has been answered in both cases */
  private attempt(
    connection: ServedConnection,
    message: InboundMessage,
  ): Promise<HandshakeRefusal | undefined> {
    if (this.busy.has(connection)) {
      connection.fail(new RateLimitedException(0).toBody(), message.id);
      return Promise.resolve(undefined);
    }
    const attempt = this.decide(connection, message);
    this.busy.set(connection, attempt);
    return attempt;
  }

  private async decide(
    connection: ServedConnection,
    message: InboundMessage,
  ): Promise<HandshakeRefusal | undefined> {
    const claimant = claimantOf(connection, message, this.anonymous.get(connection));
    try {
      const principal = await this.principalOf(connection, claimant);
      this.lifecycle.identified(connection, principal, IN_BAND);
      connection.reply(ReservedEvent.AUTH, { expiresAt: principal.expiresAt }, message.id);
      return undefined;
    } catch (error) {
      const refusal = refusalOf(error);
      this.report(connection, claimant, refusal);
      const exception = toException(refusal);
      connection.fail(exception.toBody(), message.id);
      this.violations.record(connection, exception.code, ReservedEvent.AUTH);
      return refusal;
    } finally {
      this.busy.delete(connection);
    }
  }

  private async principalOf(connection: ServedConnection, claimant: InBandClaimant): Promise<Principal> {
    await this.rate.count(connection.limitKey, 'auth');
    if (claimant instanceof Handshake) return this.identify(connection, claimant);
    const principal = await this.refresh(connection, claimant);
    this.checkAgain(connection, principal);
    return principal;
  }

  /** The principal may have been revoked or banned while the steps were waiting. */
  private checkAgain(connection: ServedConnection, principal: Principal): void {
    if (this.revocations.isRevokedHere(principal)) {
      const cause = new InvalidCredentialError('revoked', { check: 'revoked' });
      throw new HandshakeRefusal('UNAUTHENTICATED', {}, { cause });
    }
    if (this.bans.isBannedHere(principal, connection.address)) throw new HandshakeRefusal('BANNED');
  }

  private async identify(connection: ServedConnection, handshake: Handshake): Promise<Principal> {
    try {
      await this.pipeline.identify(handshake);
      this.checkAgain(connection, handshake.principal);
    } catch (error) {
      releaseAll(handshake.takeHeld(), this.faults);
      throw error;
    }
    const held = handshake.takeHeld();
    if (connection.isOpen) connection.takeOver(held);
    else releaseAll(held, this.faults);
    this.anonymous.delete(connection);
    this.remember(connection, handshake);
    return handshake.principal;
  }

  private async refresh(connection: ServedConnection, claimant: InBandClaimant): Promise<Principal> {
    await this.verification.check(claimant);
    await this.ban.check(claimant);
    await this.revocation.check(claimant);
    const { principal } = claimant;
    // The user of an open connection cannot change.
    if (!isSamePrincipal(connection.principal, principal))
      throw new HandshakeRefusal('FORBIDDEN', {}, { details: { reason: 'the token is of another user' } });
    await this.askGuards(this.guarded.get(connection)?.renewed(claimant.credential, principal));
    return principal;
  }

  /** Releases what the guards hold, because the connection still has what was held for its handshake. */
  private async askGuards(handshake: Handshake | undefined): Promise<void> {
    try {
      if (handshake) await this.guards.check(handshake);
    } finally {
      releaseAll(handshake?.takeHeld() ?? [], this.faults);
    }
  }

  private report(connection: ServedConnection, claimant: Claimant, refusal: HandshakeRefusal): void {
    const { principal } = claimant;
    const isOther = connection.principal.id !== null && !isSamePrincipal(connection.principal, principal);
    this.events.emit({
      type: 'authentication.refused',
      code: refusal.code,
      ...connectionFields(connection),
      ...(isOther ? principal.id !== null && { target: `user ${principal.id}` } : userFields(principal)),
      ...authFields(IN_BAND),
      ...detailsOf(refusal),
    });
  }
}

/** The handshake of a client that logs in; otherwise only what a refresh needs. */
function claimantOf(
  { address, proof }: ServedConnection,
  { data }: InboundMessage,
  handshake: Handshake | undefined,
): InBandClaimant {
  const credential: Credential = { source: 'message', kind: 'bearer', token: tokenOf(data) };
  if (!handshake) return { address, credential, proof, principal: ANONYMOUS };
  return Object.assign(handshake, { credential, principal: ANONYMOUS, awaitsLogin: false });
}

/** Anything but a string is treated as an empty token, which is counted as a wrong credential. */
function tokenOf(data: unknown): string {
  const token = typeof data === 'object' && data !== null && 'token' in data ? data.token : undefined;
  return typeof token === 'string' ? token : '';
}
