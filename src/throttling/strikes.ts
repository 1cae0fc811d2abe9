import { SlidingWindow } from './sliding-window.js';

/** The violations of one connection: how many of each kind, and whether they have become too many within a while. */
export class Strikes<Kind extends string> {
  private readonly counts = new Map<Kind, number>();
  private readonly window: SlidingWindow | undefined;

  /**
   * @param limit violations that are too many
   * @param ttl milliseconds that one is remembered
   */
  constructor(
    private readonly limit: number,
    private readonly ttl: number,
  ) {
    this.window = limit > 1 ? new SlidingWindow() : undefined;
  }

  /**
   * @param now monotonic milliseconds
   * @returns 0, or, when these were too many, the milliseconds until the first of them is forgotten
   */
  add(kind: Kind, now: number): number {
    this.note(kind);
    return this.window ? this.window.hit(now, this.limit - 1, this.ttl) : 1;
  }

  /** Counts what is none, but belongs into the report. */
  note(kind: Kind): void {
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
  }

  /** How many there were of each kind since this was asked last. */
  takeCounts(): Record<string, number> {
    const counts = Object.fromEntries(this.counts);
    this.counts.clear();
    return counts;
  }
}
