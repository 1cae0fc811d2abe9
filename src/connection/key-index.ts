const NONE: ReadonlySet<never> = new Set<never>();

/** Values by key. A key is there as long as it has a value. */
export class KeyIndex<K, V> {
  private readonly sets = new Map<K, Set<V>>();

  /** How many keys have values. */
  get size(): number {
    return this.sets.size;
  }

  /** The values of a key, in the order in which they were added. */
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

  /** Forgets a key and all its values. */
  deleteKey(key: K): void {
    this.sets.delete(key);
  }
}
