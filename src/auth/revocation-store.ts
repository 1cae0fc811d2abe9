import { Injectable } from '@nestjs/common';
import { Clock } from '../time/clock.js';

/**
 * Remembers until when what was issued is void, by key. A store of its own so that nodes can share it.
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

  /** The latest moment under any of the keys, epoch milliseconds; undefined when nothing is revoked. */
  abstract revokedBefore(keys: readonly string[]): number | undefined | Promise<number | undefined>;
}

interface Entry {
  readonly before: number;
  readonly forgetAt: number;
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
  private sweepAt = 0;

  constructor(private readonly clock: Clock) {
    super();
  }

  /** How many keys are remembered. */
  get size(): number {
    return this.entries.size;
  }

  revoke(key: string, before: number, forgetAt = Infinity): void {
    this.sweep();
    const known = this.entries.get(key);
    this.entries.set(key, {
      before: Math.max(before, known?.before ?? before),
      forgetAt: Math.max(forgetAt, known?.forgetAt ?? forgetAt),
    });
  }

  revokedBefore(keys: readonly string[]): number | undefined {
    if (this.entries.size === 0) return undefined;
    const moments = keys.flatMap((key) => this.entries.get(key)?.before ?? []);
    return moments.length === 0 ? undefined : Math.max(...moments);
  }

  private sweep(): void {
    const now = this.clock.now();
    if (now < this.sweepAt) return;
    this.sweepAt = now + SWEEP_MS;
    for (const [key, { forgetAt }] of this.entries) if (forgetAt <= now) this.entries.delete(key);
  }
}
