import { Injectable } from '@nestjs/common';
import { Clock } from '../time/clock.js';

/** One entry of a `RevocationStore`. @publicApi */
export interface StoredRevocation {
  readonly key: string;
  /** Epoch milliseconds. Credentials issued at or before this time are revoked. `Infinity` revokes all of them. */
  readonly before: number;
  /** Epoch milliseconds after which the entry may be deleted. `Infinity` keeps it forever. */
  readonly forgetAt: number;
}

/**
 * Stores revocations by key. Nodes can share a store.
 *
 * @publicApi
 */
export abstract class RevocationStore {
  /**
   * Revokes all credentials under `key` that were issued at or before a time. If the key is revoked already, the
   * later time and the longer retention apply.
   *
   * @param before epoch milliseconds
   * @param forgetAt epoch milliseconds after which the entry may be deleted; default: never
   */
  abstract revoke(key: string, before: number, forgetAt?: number): void | Promise<void>;

  /**
   * Returns the latest revocation time of the keys in epoch milliseconds, or undefined if no key is revoked.
   *
   * @throws if the store cannot answer; the handshake is then refused with 503 `AUTH_UNAVAILABLE`
   */
  abstract revokedBefore(keys: readonly string[]): number | undefined | Promise<number | undefined>;

  /**
   * Reports every change on any node, including this one. Called while the application starts. With a store that does
   * not implement it, a revocation on another node refuses later handshakes here, but closes no connections of this
   * node.
   *
   * @param onRevoked receives the key and its current revocation time in epoch milliseconds; it may receive the same
   * change twice
   * @param onLifted receives the key
   */
  watch(onRevoked: (key: string, before: number) => void, onLifted: (key: string) => void): void;
  watch(): void {}

  /**
   * Returns all entries, in any order.
   *
   * @throws Error if the store does not implement it
   */
  list(): readonly StoredRevocation[] | Promise<readonly StoredRevocation[]> {
    throw new Error(`${this.constructor.name} does not implement list()`);
  }

  /**
   * Removes a revocation: credentials under the key that have not expired are valid again. Does nothing if the key is
   * not revoked.
   *
   * @throws Error if the store does not implement it
   */
  lift(key: string): void | Promise<void>;
  lift(): void | Promise<void> {
    throw new Error(`${this.constructor.name} does not implement lift()`);
  }
}

interface Entry {
  readonly before: number;
  readonly forgetAt: number;
}

interface Watcher {
  readonly onRevoked: (key: string, before: number) => void;
  readonly onLifted: (key: string) => void;
}

const SWEEP_MS = 60_000;

/**
 * The revocations of this process. Entries past their retention are deleted when new ones arrive.
 *
 * @publicApi
 */
@Injectable()
export class MemoryRevocationStore extends RevocationStore {
  private readonly entries = new Map<string, Entry>();
  private readonly watchers: Watcher[] = [];
  private sweepAt = 0;

  constructor(private readonly clock: Clock) {
    super();
  }

  /** The number of keys. */
  get size(): number {
    return this.entries.size;
  }

  override revoke(key: string, before: number, forgetAt = Infinity): void {
    this.sweep();
    const known = this.entries.get(key);
    const entry = {
      before: Math.max(before, known?.before ?? before),
      forgetAt: Math.max(forgetAt, known?.forgetAt ?? forgetAt),
    };
    this.entries.set(key, entry);
    for (const { onRevoked } of this.watchers) onRevoked(key, entry.before);
  }

  override revokedBefore(keys: readonly string[]): number | undefined {
    if (this.entries.size === 0) return undefined;
    const moments = keys.flatMap((key) => this.entries.get(key)?.before ?? []);
    return moments.length === 0 ? undefined : Math.max(...moments);
  }

  override watch(onRevoked: (key: string, before: number) => void, onLifted: (key: string) => void): void {
    this.watchers.push({ onRevoked, onLifted });
  }

  override list(): StoredRevocation[] {
    const now = this.clock.now();
    const remembered = [...this.entries].filter(([, { forgetAt }]) => forgetAt > now);
    return remembered.map(([key, entry]) => ({ key, ...entry }));
  }

  override lift(key: string): void {
    if (!this.entries.delete(key)) return;
    for (const { onLifted } of this.watchers) onLifted(key);
  }

  private sweep(): void {
    const now = this.clock.now();
    if (now < this.sweepAt) return;
    this.sweepAt = now + SWEEP_MS;
    for (const [key, { forgetAt }] of this.entries) if (forgetAt <= now) this.entries.delete(key);
  }
}
