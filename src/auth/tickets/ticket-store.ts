import { Injectable } from '@nestjs/common';
import { Clock } from '../../connection/clock.js';
import type { Principal } from '../../connection/principal.js';

/**
 * Keeps who a ticket was issued to, by a hash of the ticket. A store of its own so that nodes can share it.
 *
 * @publicApi
 */
export abstract class TicketStore {
  /** @param ttlMs milliseconds until it is forgotten */
  abstract put(hash: string, principal: Principal, ttlMs: number): void | Promise<void>;

  /** Takes it out, atomically: of any number of simultaneous calls with one hash a single one gets it. */
  abstract take(hash: string): Principal | undefined | Promise<Principal | undefined>;
}

/** More at once are not waiting for their clients any more: the oldest go first. */
const MAX_TICKETS = 100_000;

/** The tickets of this process. @publicApi */
@Injectable()
export class MemoryTicketStore extends TicketStore {
  private readonly tickets = new Map<string, { principal: Principal; until: number }>();

  constructor(private readonly clock: Clock) {
    super();
  }

  get size(): number {
    return this.tickets.size;
  }

  put(hash: string, principal: Principal, ttlMs: number): void {
    this.sweep();
    this.tickets.set(hash, { principal, until: this.clock.monotonic() + ttlMs });
  }

  take(hash: string): Principal | undefined {
    const ticket = this.tickets.get(hash);
    this.tickets.delete(hash);
    return ticket && this.clock.monotonic() < ticket.until ? ticket.principal : undefined;
  }

  /** Tickets expire in the order they were issued, so the first that is still good ends the search. */
  private sweep(): void {
    const now = this.clock.monotonic();
    for (const [hash, { until }] of this.tickets) {
      if (now < until && this.tickets.size < MAX_TICKETS) break;
      this.tickets.delete(hash);
    }
  }
}
