import { Injectable } from '@nestjs/common';
import { Clock } from '../../time/clock.js';
import { limitKeyOf, type Principal } from '../../connection/principal.js';

/**
 * Keeps the principals of tickets, by a hash of the ticket. A principal is plain data and may be kept as JSON. A store of
 * its own so that nodes can share it.
 *
 * @publicApi
 */
export abstract class TicketStore {
  /**
   * Keeps one more, and, atomically, no more than so many of one principal (issuer and id): the oldest are forgotten.
   *
   * @param ttlMs milliseconds until it is forgotten
   * @param most how many of this principal are kept, this one included
   */
  abstract put(hash: string, principal: Principal, ttlMs: number, most: number): void | Promise<void>;

  /** Takes it out, atomically: of any number of simultaneous calls with one hash a single one gets it. */
  abstract take(hash: string): Principal | undefined | Promise<Principal | undefined>;
}

/** Clients do not wait with more at once: the oldest are dropped first. */
const MAX_TICKETS = 100_000;

interface Ticket {
  readonly principal: Principal;
  readonly owner: string;
  readonly until: number;
}

/** The tickets of this process. @publicApi */
@Injectable()
export class MemoryTicketStore extends TicketStore {
  private readonly tickets = new Map<string, Ticket>();
  /** The tickets of each principal, the oldest first. */
  private readonly owned = new Map<string, Set<string>>();

  constructor(private readonly clock: Clock) {
    super();
  }

  get size(): number {
    return this.tickets.size;
  }

  put(hash: string, principal: Principal, ttlMs: number, most = Infinity): void {
    this.sweep();
    const owner = limitKeyOf(principal, '');
    const others = this.owned.get(owner) ?? new Set();
    for (const oldest of others) {
      if (others.size < most) break;
      this.drop(oldest);
    }
    this.tickets.set(hash, { principal, owner, until: this.clock.monotonic() + ttlMs });
    this.owned.set(owner, others.add(hash));
  }

  take(hash: string): Principal | undefined {
    const ticket = this.drop(hash);
    return ticket && this.clock.monotonic() < ticket.until ? ticket.principal : undefined;
  }

  private drop(hash: string): Ticket | undefined {
    const ticket = this.tickets.get(hash);
    if (!ticket) return undefined;
    this.tickets.delete(hash);
    const others = this.owned.get(ticket.owner);
    others?.delete(hash);
    if (others?.size === 0) this.owned.delete(ticket.owner);
    return ticket;
  }

  /** Tickets expire in the order they were issued, so the first that is still good ends the search. */
  private sweep(): void {
    const now = this.clock.monotonic();
    for (const [hash, { until }] of this.tickets) {
      if (now < until && this.tickets.size < MAX_TICKETS) break;
      this.drop(hash);
    }
  }
}
