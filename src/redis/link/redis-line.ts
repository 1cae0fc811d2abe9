import type { OutageReason } from './outage-reason.js';
import type { ScriptArgument } from './redis-port.js';

/** A connection to Redis; in a Cluster, connections to all masters. It is never mended: who needs one opens another. */
export interface RedisLine {
  /** Resolves when calls can be made; rejects when that failed. */
  readonly ready: Promise<void>;
  call(command: string, args: readonly ScriptArgument[], binary: boolean): Promise<unknown>;
  /** Closes it at once. What has been written and not answered fails. */
  close(): void;
  /** In a Cluster: which server has the slot, as far as is known. */
  ownerOf(slot: number): string | undefined;
  /** In a Cluster: asks anew which server has which slots. */
  refresh(): void;
}

export interface LineListener {
  /** Once, unless it was closed from here. */
  onClosed(reason: OutageReason): void;
  /** In a Cluster: slots may have moved. */
  onRefreshed?(): void;
}

/** Opens lines. */
export interface RedisLines {
  readonly isCluster: boolean;
  open(listener: LineListener): RedisLine;
}
