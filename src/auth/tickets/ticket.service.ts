import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../time/clock.js';
import { isExpired, type Principal } from '../../connection/principal.js';
import { secretHash } from '../../connection/secret-hash.js';
import { InvalidCredentialError } from '../../errors/invalid-credential.error.js';
import type { ResolvedOptions } from '../../options/options.schema.js';
import { InjectSecurityOptions } from '../../options/options.token.js';
import { RevocationService } from '../revocation.service.js';
import { TicketStore } from './ticket-store.js';

const TICKET_BYTES = 32;
/** Unused tickets of a user. One that reloads a page over and over needs the last one only. */
const MAX_UNUSED = 10;
const TICKET = /^[\w-]{43}$/;

/**
 * Tickets for browsers, which cannot set headers: a client that is authenticated over HTTP gets one and connects with
 * `?ticket=` in the URL. It is good once and for a moment, so one that is logged somewhere is worth nothing.
 *
 * @publicApi
 */
@Injectable()
export class TicketService {
  constructor(
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
    private readonly store: TicketStore,
    private readonly clock: Clock,
    private readonly revocations: RevocationService,
  ) {}

  /**
   * A ticket of 256 random bits for a principal, good for one handshake within `WS_TICKET_TTL_MS`. The connection
   * expires when the principal does, and revoking the principal voids the ticket. Of the unused tickets of a principal
   * the latest 10 are good: one more makes the oldest void.
   *
   * @throws TypeError for an anonymous principal, or one that has expired
   */
  async issue(principal: Principal): Promise<string> {
    if (principal.id === null) throw new TypeError('A ticket is for somebody: this principal is anonymous.');
    if (isExpired(principal, this.clock.now())) throw new TypeError('The principal has expired.');
    this.revocations.accepted(principal);
    const ticket = randomBytes(TICKET_BYTES).toString('base64url');
    await this.store.put(secretHash(ticket), this.dated(principal), this.options.ticketTtlMs, MAX_UNUSED);
    return ticket;
  }

  /**
   * The principal that a ticket was issued to. The ticket is gone then, whatever becomes of the handshake.
   *
   * @throws InvalidCredentialError when there is no such ticket any more; any other error means it cannot be told
   * @internal
   */
  async redeem(ticket: string): Promise<Principal> {
    const principal = TICKET.test(ticket) ? await this.store.take(secretHash(ticket)) : undefined;
    if (!principal) throw new InvalidCredentialError('no such ticket');
    if (isExpired(principal, this.clock.now())) throw new InvalidCredentialError('expired');
    return principal;
  }

  /** Revocation needs to know when a credential was issued; one that does not say counts as issued now. */
  private dated(principal: Principal): Principal {
    const { claims } = principal;
    if ('iat' in claims) return principal;
    return { ...principal, claims: { ...claims, iat: this.clock.now() / 1000 } };
  }
}
