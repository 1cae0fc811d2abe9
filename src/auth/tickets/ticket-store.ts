import { Injectable } from '@nestjs/common';
import type { MaybePromise } from '../../time/maybe-promise.js';
import { Clock } from '../../time/clock.js';
import { limitKeyOf, type Principal } from '../../connection/principal.js';

/**
 * Stores the principals of tickets, by a hash of the ticket. A principal is plain data and can be stored as JSON.
 * Nodes can share a store.
 *
 * @publicApi
 */
export abstract class TicketStore {
  /**
   * Stores a ticket and, atomically, deletes the oldest ones of this principal (issuer and id) beyond `most`.
   *
   * @param ttlMs milliseconds until it expires
   * @param most the maximum number of tickets of this principal, including this one
   */
  abstract put(hash: string, principal: Principal, ttlMs: number, most: number): void | Promise<void>;

  /**
   * Removes a ticket and returns its principal. Atomic: of simultaneous calls with one hash, only one succeeds.
   *
   * @returns undefined if there is no such ticket; null if the store knows that it was taken before, so that a replay
   * can be reported
   */
  abstract take(hash: string): MaybePromise<Principal | null | undefined>;
}

/** Beyond this number, the oldest tickets are deleted. */
const MAX_TICKETS = 100_000;
/** The number of used tickets that are remembered. */
const MAX_TAKEN = 10_000;

interface Ticket {
  readonly principal: Principal;
  readonly owner: string;
  readonly until: number;
}

/** The tickets of this process. @publicApi */
@Injectable()
export class MemoryTicketStore extends TicketStore {
  private readonly tickets = new Map<string, Ticket>();
  /** Tickets that were used, and when they expire. */
  private readonly taken = new Map<string, number>();
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

  take(hash: string): Principal | null | undefined {
    this.forget();
    const ticket = this.drop(hash);
    if (!ticket) return this.taken.has(hash) ? null : undefined;
    if (this.clock.monotonic() >= ticket.until) return undefined;
    this.taken.set(hash, ticket.until);
    return ticket.principal;
  }

  /** A used ticket is remembered as long as it would have been valid. Of a flood, the first ones are forgotten. */
  private forget(): void {
    const now = this.clock.monotonic();
    for (const [hash, until] of this.taken) {
      if (now < until && this.taken.size < MAX_TAKEN) break;
      this.taken.delete(hash);
    }
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

  /** Tickets expire in the order of issue, so the first valid one ends the search. */
  private sweep(): void {
    const now = this.clock.monotonic();
    for (const [hash, { until }] of this.tickets) {
      if (now < until && this.tickets.size < MAX_TICKETS) break;
      this.drop(hash);
    }
  }
}
