import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Counters } from '../../counters/counters.js';
import { Clock } from '../../time/clock.js';
import { isThenable } from '../../time/maybe-promise.js';
import { isExpired, type Principal } from '../../connection/principal.js';
import { secretHash } from '../../connection/secret-hash.js';
import type { CredentialCheck } from '../../errors/credential-check.js';
import { InvalidCredentialError } from '../../errors/invalid-credential.error.js';
import { ReplayedTicketError } from '../../errors/replayed-ticket.error.js';
import { userFields } from '../../observability/identity-fields.js';
import { Outages } from '../../observability/outages.js';
import { SecurityEvents } from '../../observability/security-events.js';
import type { ResolvedOptions } from '../../options/options.schema.js';
import { InjectSecurityOptions } from '../../options/options.token.js';
import { RevocationService } from '../revocation.service.js';
import { TicketStore } from './ticket-store.js';

const TICKET_BYTES = 32;
/** The limit of unused tickets per user. A client that reloads a page needs only the latest one. */
const MAX_UNUSED = 10;
const TICKET = /^[\w-]{43}$/;

/**
 * Issues tickets for browsers, which cannot set headers. A client that is authenticated over HTTP gets a ticket and
 * connects with `?ticket=` in the URL. It is valid once and for a short time, so a ticket in a log is worthless.
 *
 * @publicApi
 */
@Injectable()
export class TicketService {
  /** @internal */
  constructor(
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
    private readonly store: TicketStore,
    private readonly clock: Clock,
    private readonly revocations: RevocationService,
    private readonly counters: Counters,
    private readonly events: SecurityEvents,
    private readonly outages: Outages,
  ) {}

  /**
   * Issues a ticket of 256 random bits, valid for one handshake within `WS_TICKET_TTL_MS`. The connection expires
   * with the principal, and revoking the principal revokes the ticket. The latest 10 unused tickets of a principal
   * are valid.
   *
   * @throws TypeError if the principal is anonymous or has expired
   */
  async issue(principal: Principal): Promise<string> {
    if (principal.id === null) throw new TypeError('Cannot issue a ticket: the principal is anonymous.');
    if (isExpired(principal, this.clock.now()))
      throw new TypeError('Cannot issue a ticket: the principal has expired.');
    this.revocations.accepted(principal);
    const ticket = randomBytes(TICKET_BYTES).toString('base64url');
    const { ticketTtlMs } = this.options;
    await this.outages.watch('TicketStore', () =>
      this.store.put(secretHash(ticket), this.withIssuedAt(principal), ticketTtlMs, MAX_UNUSED),
    );
    const until = new Date(this.clock.now() + ticketTtlMs).toISOString();
    this.events.emit({ type: 'ticket.issued', 'user.id': principal.id, ...userFields(principal), until });
    return ticket;
  }

  /**
   * Returns the principal of a ticket and uses up the ticket, even if the handshake is refused later. Synchronous if the
   * store is.
   *
   * @throws InvalidCredentialError now or later, if the ticket is unknown, used or expired; any other error is answered
   * as `AUTH_UNAVAILABLE`
   * @internal
   */
  redeem(ticket: string): Principal | Promise<Principal> {
    if (!TICKET.test(ticket)) return this.valid(undefined);
    const taken = this.outages.watch('TicketStore', () => this.store.take(secretHash(ticket)));
    this.counters.stores.watch('tickets', taken);
    return isThenable(taken) ? taken.then((principal) => this.valid(principal)) : this.valid(taken);
  }

  private valid(principal: Principal | null | undefined): Principal {
    if (principal === null) throw new ReplayedTicketError();
    if (!principal) throw refused('unknown or used ticket', 'ticket');
    if (isExpired(principal, this.clock.now())) throw refused('expired', 'expired');
    return principal;
  }

  /** Revocation needs an issue time. A principal without one counts as issued now. */
  private withIssuedAt(principal: Principal): Principal {
    const { claims } = principal;
    if ('iat' in claims) return principal;
    return { ...principal, claims: { ...claims, iat: this.clock.now() / 1000 } };
  }
}

function refused(message: string, check: CredentialCheck): InvalidCredentialError {
  return new InvalidCredentialError(message, { check, verifiers: [{ verifier: 'tickets', check }] });
}
