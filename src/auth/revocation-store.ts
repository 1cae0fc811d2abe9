import { Injectable } from '@nestjs/common';

/**
 * Remembers until when what was issued is void, by key. A store of its own so that nodes can share it.
 *
 * @publicApi
 */
export abstract class RevocationStore {
  /**
   * Voids everything under `key` that was issued at or before a moment; a later moment replaces an earlier one.
   *
   * @param before epoch milliseconds
   */
  abstract revoke(key: string, before: number): void | Promise<void>;

  /** The latest moment under any of the keys, epoch milliseconds; undefined when nothing is revoked. */
  abstract revokedBefore(keys: readonly string[]): number | undefined | Promise<number | undefined>;
}

/** The revocations of this process. @publicApi */
@Injectable()
export class MemoryRevocationStore extends RevocationStore {
  private readonly moments = new Map<string, number>();

  revoke(key: string, before: number): void {
    this.moments.set(key, Math.max(before, this.moments.get(key) ?? before));
  }

  revokedBefore(keys: readonly string[]): number | undefined {
    const moments = keys.map((key) => this.moments.get(key)).filter((moment) => moment !== undefined);
    return moments.length === 0 ? undefined : Math.max(...moments);
  }
}
