import { Injectable } from '@nestjs/common';

/**
 * Counts connections by scope (an address or a user), for connection limits. Nodes can share a directory.
 *
 * @publicApi
 */
export abstract class ConnectionDirectory {
  /**
   * Takes a place if fewer than `limit` are taken, atomically.
   *
   * @returns whether a place was taken; it must be returned by `release` exactly once
   */
  abstract acquire(scope: string, limit: number): boolean | Promise<boolean>;

  /** Returns one place. */
  abstract release(scope: string): void | Promise<void>;

  /** The number of places taken in a scope, on all nodes. */
  abstract count(scope: string): number | Promise<number>;
}

/** The places of this process. @publicApi */
@Injectable()
export class MemoryConnectionDirectory extends ConnectionDirectory {
  private readonly taken = new Map<string, number>();

  /** Scopes with at least one place taken. */
  get size(): number {
    return this.taken.size;
  }

  acquire(scope: string, limit: number): boolean {
    const count = this.taken.get(scope) ?? 0;
    if (count >= limit) return false;
    this.taken.set(scope, count + 1);
    return true;
  }

  release(scope: string): void {
    const count = (this.taken.get(scope) ?? 0) - 1;
    if (count > 0) this.taken.set(scope, count);
    else this.taken.delete(scope);
  }

  count(scope: string): number {
    return this.taken.get(scope) ?? 0;
  }
}
