import type { RedisLink } from '../link/redis-link.js';
import type { Clock } from '../../time/clock.js';

/** The time of the server that tables are on, as far as this node can tell it. */
export class ServerClock {
  private offset: number | undefined;

  constructor(
    private readonly link: RedisLink,
    private readonly clock: Clock,
  ) {}

  /** Milliseconds, never behind the server's time. Before its first answer, and while it is away, an estimate. */
  now(): number {
    this.offset = this.link.offset(this.link.control) ?? this.offset;
    return this.clock.monotonic() + (this.offset ?? this.clock.now() - this.clock.monotonic());
  }

  /** Epoch milliseconds by the clock of this process, for a time of the server; rather too late than too early. */
  here(serverTime: number): number {
    const offset = this.link.lowerOffset(this.link.control);
    if (offset === undefined) return serverTime;
    // The server's time was cut to a whole millisecond.
    return this.clock.now() - (this.clock.monotonic() + offset - serverTime - 1);
  }
}
