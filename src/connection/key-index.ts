const NONE: ReadonlySet<never> = new Set<never>();

/** Sets of values by key. A key without values is deleted. */
export class KeyIndex<K, V> {
  private readonly sets = new Map<K, Set<V>>();

  /** The number of keys. */
  get size(): number {
    return this.sets.size;
  }

  keys(): IterableIterator<K> {
    return this.sets.keys();
  }

  /** The values of a key, in the order of insertion. */
  of(key: K): ReadonlySet<V> {
    return this.sets.get(key) ?? NONE;
  }

  add(key: K, value: V): void {
    const values = this.sets.get(key);
    if (values) values.add(value);
    else this.sets.set(key, new Set([value]));
  }

  delete(key: K, value: V): void {
    const values = this.sets.get(key);
    if (values?.delete(value) && values.size === 0) this.sets.delete(key);
  }

  /** Deletes a key with all its values. */
  deleteKey(key: K): void {
    this.sets.delete(key);
  }
}
