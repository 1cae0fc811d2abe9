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
    const known = this.entries.find((entry) => entry.key === key);
    if (known) known.count += by;
    else if (this.entries.length < this.size) this.entries.push({ key, count: by });
    else this.replaceLeast(key, by);
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

  private replaceLeast(key: string, by: number): void {
    const least = this.entries.reduce((found, entry) => (entry.count < found.count ? entry : found));
    least.key = key;
    least.count += by;
  }
}
