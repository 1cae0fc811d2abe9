interface Entry {
  key: string;
  count: number;
}

/**
 * Counts the most frequent keys in fixed memory (Space-Saving, Metwally et al. 2005): a new key replaces the least
 * frequent one and takes over its count, so a count is at most too high by the count that it replaced.
 */
export class TopList {
  private readonly entries: Entry[] = [];

  /** @param size the number of keys that are remembered */
  constructor(private readonly size: number) {}

  add(key: string, by = 1): void {
    let least: Entry | undefined;
    for (const entry of this.entries) {
      if (entry.key === key) {
        entry.count += by;
        return;
      }
      if (!least || entry.count < least.count) least = entry;
    }
    if (!least || this.entries.length < this.size) {
      this.entries.push({ key, count: by });
    } else {
      least.key = key;
      least.count += by;
    }
  }

  /** The most frequent keys, the first one first. */
  top(length: number): { key: string; count: number }[] {
    return this.entries
      .map(({ key, count }) => ({ key, count }))
      .toSorted((a, b) => b.count - a.count)
      .slice(0, length);
  }

  clear(): void {
    this.entries.length = 0;
  }
}
