import type { NodeEntry } from '../streams/stream-entry.js';

/** More nodes than one service has at a time; those that were seen first are forgotten. */
const MOST_NODES = 1000;

/**
 * Which entries were read before. A node writes an entry again when its answer was lost, and Redis knows that it has it,
 * unless it lost its memory meanwhile.
 */
export class RepeatedEntries {
  /** The number of the last entry of each node. */
  private readonly last = new Map<string, number>();

  /** Whether an entry was read before; it is remembered. */
  has({ node, n }: NodeEntry): boolean {
    const last = this.last.get(node);
    if (last !== undefined && n <= last) return true;
    this.last.set(node, n);
    if (this.last.size > MOST_NODES) this.last.delete(this.last.keys().next().value as string);
    return false;
  }
}
