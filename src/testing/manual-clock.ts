import { Clock } from '../time/clock.js';

interface Ticker {
  every: number;
  next: number;
  tick: () => void;
}

/**
 * Time that moves only when a test says so: give it to `startTestApp({ clock })`, or provide it as `Clock`.
 *
 * @publicApi
 */
export class ManualClock extends Clock {
  private readonly start = Date.now();
  private elapsed = 0;
  private readonly tickers = new Set<Ticker>();

  /** Epoch milliseconds. */
  now(): number {
    return this.start + this.elapsed;
  }

  /** Milliseconds since the clock was made. */
  monotonic(): number {
    return this.elapsed;
  }

  every(ms: number, tick: () => void): () => void {
    const ticker = { every: ms, next: this.elapsed + ms, tick };
    this.tickers.add(ticker);
    return () => this.tickers.delete(ticker);
  }

  /** How many timers run. */
  get running(): number {
    return this.tickers.size;
  }

  /** Lets so many milliseconds pass; everything that is due meanwhile happens at its own time. */
  advance(ms: number): void {
    const end = this.elapsed + ms;
    for (let due = this.earliest(); due && due.next <= end; due = this.earliest()) {
      this.elapsed = due.next;
      due.next += due.every;
      due.tick();
    }
    this.elapsed = end;
  }

  /** Moves on, second by second, until something has happened, for ten minutes at most. */
  async advanceUntil(happened: Promise<unknown>): Promise<void> {
    const watch = { isOver: false };
    const over = (): void => void (watch.isOver = true);
    void happened.then(over, over);
    for (let i = 0; i < 600 && !watch.isOver; i++) {
      this.advance(1000);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** As `advance`, but nothing runs in between: the process was stopped. */
  jump(ms: number): void {
    this.elapsed += ms;
    for (const ticker of this.tickers) ticker.next = this.elapsed + ticker.every;
  }

  private earliest(): Ticker | undefined {
    return [...this.tickers].toSorted((a, b) => a.next - b.next)[0];
  }
}
