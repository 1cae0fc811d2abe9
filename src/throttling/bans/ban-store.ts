import { Injectable } from '@nestjs/common';
import { Clock } from '../../time/clock.js';

/** One entry of a `BanStore`. @publicApi */
export interface StoredBan {
  readonly key: string;
  /** Milliseconds for which the key is still banned. */
  readonly remaining: number;
}

/**
 * Remembers which principals and addresses are banned, and for how long, by key. A store of its own so that nodes can
 * share it.
 *
 * @publicApi
 */
export abstract class BanStore {
  /** Bans a key for so many milliseconds; a longer ban replaces a shorter one. */
  abstract ban(key: string, ms: number): void | Promise<void>;

  /** Milliseconds for which a key is still banned, 0 when it is not. */
  abstract remaining(key: string): number | Promise<number>;

  /**
   * Tells of every change on any node, this one included; called while the application starts. A store that does
   * not implement it tells nothing: a ban on another node then refuses later handshakes here, but closes no connection
   * that is open here.
   *
   * @param onBanned hears the key and for how many milliseconds it is banned from now on; it may hear the same twice
   * @param onLifted hears the key
   */
  watch(onBanned: (key: string, remaining: number) => void, onLifted: (key: string) => void): void;
  watch(): void {}

  /**
   * Every ban that is not over, in any order.
   *
   * @throws Error when the store does not implement it
   */
  list(): readonly StoredBan[] | Promise<readonly StoredBan[]> {
    throw new Error(`${this.constructor.name} does not implement list()`);
  }

  /**
   * Ends a ban before its time. Does nothing when the key is not banned.
   *
   * @throws Error when the store does not implement it
   */
  lift(key: string): void | Promise<void>;
  lift(): void | Promise<void> {
    throw new Error(`${this.constructor.name} does not implement lift()`);
  }
}

interface Watcher {
  readonly onBanned: (key: string, remaining: number) => void;
  readonly onLifted: (key: string) => void;
}

const SWEEP_MS = 1000;

/** The bans of this process. Those that are over are dropped when others come. @publicApi */
@Injectable()
export class MemoryBanStore extends BanStore {
  private readonly until = new Map<string, number>();
  private readonly watchers: Watcher[] = [];
  private sweepAt = 0;

  constructor(private readonly clock: Clock) {
    super();
  }

  /** How many keys are remembered. */
  get size(): number {
    return this.until.size;
  }

  override ban(key: string, ms: number): void {
    this.sweep();
    this.until.set(key, Math.max(this.clock.monotonic() + ms, this.until.get(key) ?? 0));
    const remaining = this.remaining(key);
    for (const { onBanned } of this.watchers) onBanned(key, remaining);
  }

  override remaining(key: string): number {
    return Math.max(0, (this.until.get(key) ?? 0) - this.clock.monotonic());
  }

  override watch(onBanned: (key: string, remaining: number) => void, onLifted: (key: string) => void): void {
    this.watchers.push({ onBanned, onLifted });
  }

  override list(): StoredBan[] {
    const bans = [...this.until.keys()].map((key) => ({ key, remaining: this.remaining(key) }));
    return bans.filter(({ remaining }) => remaining > 0);
  }

  override lift(key: string): void {
    if (!this.until.delete(key)) return;
    for (const { onLifted } of this.watchers) onLifted(key);
  }

  /** Nobody asks about most keys again, so they cannot be forgotten then. */
  private sweep(): void {
    const now = this.clock.monotonic();
    if (now < this.sweepAt) return;
    this.sweepAt = now + SWEEP_MS;
    for (const [key, end] of this.until) if (end <= now) this.until.delete(key);
  }
}
