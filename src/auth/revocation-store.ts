import { Injectable } from '@nestjs/common';
import { Clock } from '../time/clock.js';

/** One entry of a `RevocationStore`. @publicApi */
export interface StoredRevocation {
  readonly key: string;
  /** Epoch milliseconds: what was issued then or earlier is void. `Infinity`: whenever it was issued. */
  readonly before: number;
  /** Epoch milliseconds from which the key need not be remembered; `Infinity` for never. */
  readonly forgetAt: number;
}

/**
 * Remembers which credentials are void, by key. A store of its own so that nodes can share it.
 *
 * @publicApi
 */
export abstract class RevocationStore {
  /**
   * Voids everything under `key` that was issued at or before a moment. Of two revocations of one key the later moment
   * counts, and the longer memory.
   *
   * @param before epoch milliseconds
   * @param forgetAt epoch milliseconds from which the key need not be remembered; never when left out
   */
  abstract revoke(key: string, before: number, forgetAt?: number): void | Promise<void>;

  /**
   * The latest moment under any of the keys, epoch milliseconds; undefined when nothing is revoked.
   *
   * @throws when it cannot be told: the handshake is answered 503 `AUTH_UNAVAILABLE`
   */
  abstract revokedBefore(keys: readonly string[]): number | undefined | Promise<number | undefined>;

  /**
   * Tells of every change on any node, this one included; called while the application starts. A store that does
   * not implement it tells nothing: a revocation on another node then refuses later handshakes here, but closes no
   * connection that is open here.
   *
   * @param onRevoked hears the key and, in epoch milliseconds, the moment that counts for it now; it may hear the same
   * twice
   * @param onLifted hears the key
   */
  watch(onRevoked: (key: string, before: number) => void, onLifted: (key: string) => void): void;
  watch(): void {}

  /**
   * Everything that is remembered, in any order.
   *
   * @throws Error when the store does not implement it
   */
  list(): readonly StoredRevocation[] | Promise<readonly StoredRevocation[]> {
    throw new Error(`${this.constructor.name} does not implement list()`);
  }

  /**
   * Takes a revocation back: credentials under the key that have not expired are good again. Does nothing when the key
   * is not revoked.
   *
   * @throws Error when the store does not implement it
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
 * The revocations of this process. What need not be remembered is dropped when others come.
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

  /** How many keys are remembered. */
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
