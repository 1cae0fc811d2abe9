/**
 * Finds things by a key that several of them may share. Most keys have a single one, which is held without a set of its
 * own.
 */
export class IndexByKey<T extends object> {
  private readonly entries = new Map<string, T | Set<T>>();

  /** How many keys there are. */
  get size(): number {
    return this.entries.size;
  }

  /** Everything under a key, as a list of its own. */
  get(key: string): T[] {
    const entry = this.entries.get(key);
    if (entry === undefined) return [];
    return entry instanceof Set ? [...entry] : [entry];
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
