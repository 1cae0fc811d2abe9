import { Injectable } from '@nestjs/common';
import { Clock } from '../../time/clock.js';

/**
 * Who is banned and for how long, by key. A store of its own so that nodes can share it.
 *
 * @publicApi
 */
export abstract class BanStore {
  /** Bans a key for so many milliseconds; a longer ban replaces a shorter one. */
  abstract ban(key: string, ms: number): void | Promise<void>;

  /** Milliseconds a key is still banned, 0 when it is not. */
  abstract remaining(key: string): number | Promise<number>;
}

/** The bans of this process. @publicApi */
@Injectable()
export class MemoryBanStore extends BanStore {
  private readonly until = new Map<string, number>();

  constructor(private readonly clock: Clock) {
    super();
  }

  get size(): number {
    return this.until.size;
  }

  ban(key: string, ms: number): void {
    const now = this.clock.monotonic();
    // Whoever is banned does not come back to be forgotten: others do it.
    for (const [other, end] of this.until) if (end <= now) this.until.delete(other);
    this.until.set(key, Math.max(now + ms, this.until.get(key) ?? 0));
  }

  remaining(key: string): number {
    return Math.max(0, (this.until.get(key) ?? 0) - this.clock.monotonic());
  }
}
