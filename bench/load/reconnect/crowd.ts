import { sourceOf } from '../sources.js';
import type { Target, TlsHandshakes } from '../target.js';
import { TicketLane } from '../ticket-lane.js';
import { ReturningClient } from './returning-client.js';

const AT_ONCE = 64;

export interface ReturningOrder extends Target {
  readonly count: number;
  readonly handshakes: TlsHandshakes;
}

/** Moments in monotonic milliseconds. */
export interface CrowdReturn {
  readonly firstClosedAt: number;
  readonly lastClosedAt: number;
  /** The end of the last client's jitter. */
  readonly windowEndsAt: number;
  readonly allServedAt: number;
  /** Attempts that failed. */
  readonly failures: number;
  /** Clients whose TLS session was resumed at last. */
  readonly resumed: number;
}

/** Clients that are sent away by one server and come back to another. */
export class ReturningCrowd {
  private clients: ReturningClient[] = [];
  private tickets: TicketLane[] = [];

  async open({ count, handshakes, ...target }: ReturningOrder): Promise<void> {
    this.leave();
    this.tickets = Array.from({ length: count }, () => new TicketLane(handshakes));
    this.clients = this.tickets.map((ticket, n) => new ReturningClient(sourceOf(n), ticket, `client-${n}`));
    const waiting = this.clients.values();
    const lane = async (): Promise<void> => {
      for (const client of waiting) await client.open(target);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
  }

  /** Resolves when every client has been sent away and is served by the other server. */
  async comeBack(to: Target): Promise<CrowdReturn> {
    const returns = await Promise.all(this.clients.map((client) => client.comeBack(to)));
    const closedAt = returns.map((one) => one.closedAt);
    return {
      firstClosedAt: Math.min(...closedAt),
      lastClosedAt: Math.max(...closedAt),
      windowEndsAt: Math.max(...returns.map((one) => one.windowEndsAt)),
      allServedAt: Math.max(...returns.map((one) => one.servedAt)),
      failures: returns.reduce((sum, { failures }) => sum + failures, 0),
      resumed: this.tickets.filter(({ isResumed }) => isResumed).length,
    };
  }

  leave(): void {
    for (const client of this.clients) client.leave();
    this.clients = [];
  }
}
