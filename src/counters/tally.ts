/** The label of everything that has none of its own. */
export const OTHER = 'other';

interface Count {
  value: number;
}

/** Counts by key. The keys are given, so that no client can make new ones; every other key is counted as `other`. */
export class Tally {
  private readonly counts: Map<string, Count>;
  private readonly others: Count = { value: 0 };

  constructor(keys: readonly string[]) {
    this.counts = new Map(keys.map((key) => [key, { value: 0 }]));
  }

  add(key: string, by = 1): void {
    (this.counts.get(key) ?? this.others).value += by;
  }

  of(key: string): number {
    return this.counts.get(key)?.value ?? 0;
  }

  /** All keys with their counts. `other` is among them only if something was counted there. */
  *[Symbol.iterator](): IterableIterator<[key: string, count: number]> {
    for (const [key, { value }] of this.counts) yield [key, value];
    if (this.others.value > 0) yield [OTHER, this.others.value];
  }
}
