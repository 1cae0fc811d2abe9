interface Window {
  /** Hits that wait for an answer. */
  readonly waiters: number;
  isIdle(now: number): boolean;
}

interface Group<W> {
  readonly name: string;
  readonly ttl: number;
  readonly windows: Map<string, W>;
}

/**
 * The windows of this node, by throttler, length and key. Their number is bounded: a new one takes the place of the
 * oldest that nobody waits for. What that one had been lent still counts in Redis, so it costs budget, and never lets
 * too many through.
 */
export class WindowTable<W extends Window> {
  private readonly groups: Group<W>[] = [];
  /** What was asked for last is mostly asked for again. */
  private latest: Group<W> | undefined;
  private count = 0;

  constructor(
    private readonly create: (name: string, ttl: number, key: string) => W,
    private readonly most: number,
  ) {}

  get size(): number {
    return this.count;
  }

  get(name: string, ttl: number, key: string): W {
    const { windows } = this.groupOf(name, ttl);
    let window = windows.get(key);
    if (window) return window;
    if (this.count >= this.most) this.makeRoom();
    window = this.create(name, ttl, key);
    windows.set(key, window);
    this.count += 1;
    return window;
  }

  /** As {@link get}, without creating one. */
  find(name: string, ttl: number, key: string): W | undefined {
    return this.groups.find((one) => one.name === name && one.ttl === ttl)?.windows.get(key);
  }

  /** Forgets windows that count nothing any more. */
  sweep(now: number): void {
    for (const { windows } of this.groups) {
      for (const [key, window] of windows) if (window.isIdle(now)) this.remove(windows, key);
    }
    const used = this.groups.filter(({ windows }) => windows.size > 0);
    this.groups.splice(0, Infinity, ...used);
    this.latest = undefined;
  }

  *all(): IterableIterator<W> {
    for (const { windows } of this.groups) yield* windows.values();
  }

  private groupOf(name: string, ttl: number): Group<W> {
    const { latest } = this;
    if (latest?.name === name && latest.ttl === ttl) return latest;
    let group = this.groups.find((one) => one.name === name && one.ttl === ttl);
    if (!group) this.groups.push((group = { name, ttl, windows: new Map() }));
    return (this.latest = group);
  }

  /** The largest group gives. */
  private makeRoom(): void {
    const { windows } = this.groups.reduce((most, one) =>
      one.windows.size > most.windows.size ? one : most,
    );
    for (const [key, { waiters }] of windows) {
      if (waiters > 0) continue;
      this.remove(windows, key);
      return;
    }
  }

  private remove(windows: Map<string, W>, key: string): void {
    windows.delete(key);
    this.count -= 1;
  }
}
