/**
 * Like `KeyIndex`, for keys that mostly have one value: it is stored without a set, which would cost each connection
 * several hundred bytes.
 */
export class CompactIndex<T extends object> {
  private readonly entries = new Map<string, T | Set<T>>();

  /** The number of keys. */
  get size(): number {
    return this.entries.size;
  }

  /** The values of a key, as a new list. */
  get(key: string): T[] {
    const entry = this.entries.get(key);
    if (entry === undefined) return [];
    return entry instanceof Set ? [...entry] : [entry];
  }

  has(key: string): boolean {
    return this.entries.has(key);
  }

  add(key: string, item: T): void {
    const entry = this.entries.get(key);
    if (entry instanceof Set) entry.add(item);
    else if (entry === undefined) this.entries.set(key, item);
    else if (entry !== item) this.entries.set(key, new Set([entry, item]));
  }

  delete(key: string, item: T): void {
    const entry = this.entries.get(key);
    if (entry === item) this.entries.delete(key);
    if (!(entry instanceof Set) || !entry.delete(item) || entry.size > 1) return;
    for (const last of entry) this.entries.set(key, last);
  }
}
