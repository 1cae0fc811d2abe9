import { Injectable } from '@nestjs/common';
import { Clock } from '../../time/clock.js';

/** One entry of a `BanStore`. @publicApi */
export interface StoredBan {
  readonly key: string;
  /** The remaining milliseconds of the ban. */
  readonly remaining: number;
}

/**
 * Stores bans of principals and addresses, by key. Nodes can share a store.
 *
 * @publicApi
 */
export abstract class BanStore {
  /** Bans a key for a number of milliseconds. A longer ban replaces a shorter one. */
  abstract ban(key: string, ms: number): void | Promise<void>;

  /** The remaining milliseconds of a ban, 0 if the key is not banned. */
  abstract remaining(key: string): number | Promise<number>;

  /**
   * Reports every change on any node, including this one. Called while the application starts. With a store that does
   * not implement it, a ban on another node refuses later handshakes here, but closes no connections of this node.
   *
   * @param onBanned receives the key and the milliseconds of its ban from now on; it may receive the same ban twice
   * @param onLifted receives the key
   */
  watch(onBanned: (key: string, remaining: number) => void, onLifted: (key: string) => void): void;
  watch(): void {}

  /**
   * Returns every active ban, in any order.
   *
   * @throws Error if the store does not implement it
   */
  list(): readonly StoredBan[] | Promise<readonly StoredBan[]> {
    throw new Error(`${this.constructor.name} does not implement list()`);
  }

  /**
   * Lifts a ban. Does nothing if the key is not banned.
   *
   * @throws Error if the store does not implement it
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

/** The bans of this process. Expired bans are deleted when new ones are added. @publicApi */
@Injectable()
export class MemoryBanStore extends BanStore {
  private readonly until = new Map<string, number>();
  private readonly watchers: Watcher[] = [];
  private sweepAt = 0;

  constructor(private readonly clock: Clock) {
    super();
  }

  /** The number of keys. */
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

  /** Most banned keys are never queried again, so expired bans have to be deleted here. */
  private sweep(): void {
    const now = this.clock.monotonic();
    if (now < this.sweepAt) return;
    this.sweepAt = now + SWEEP_MS;
    for (const [key, end] of this.until) if (end <= now) this.until.delete(key);
  }
}
