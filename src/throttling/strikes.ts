import { SlidingWindow } from './sliding-window.js';

/** Counts the violations of one connection by kind, and detects too many within a window. */
export class Strikes<Kind extends string> {
  private readonly counts = new Map<Kind, number>();
  private readonly window: SlidingWindow | undefined;

  /**
   * @param limit the number of violations that is too many
   * @param ttl the window in milliseconds
   */
  constructor(
    private readonly limit: number,
    private readonly ttl: number,
  ) {
    this.window = limit > 1 ? new SlidingWindow() : undefined;
  }

  /**
   * @param now monotonic milliseconds
   * @returns 0, or if there were too many, the milliseconds until the first of them expires
   */
  add(kind: Kind, now: number): number {
    this.note(kind);
    return this.window ? this.window.hit(now, this.limit - 1, this.ttl) : 1;
  }

  /** The violations within the window, as of a time. */
  countAt(now: number): number {
    return this.window ? this.limit - 1 - this.window.peek(now, this.limit - 1, this.ttl).remaining : 0;
  }

  /** Counts something for the report that is not a violation. */
  note(kind: Kind): void {
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
  }

  /** Returns the counts of each kind since the last call. */
  takeCounts(): Record<string, number> {
    const counts = Object.fromEntries(this.counts);
    this.counts.clear();
    return counts;
  }
}
