import { Clock } from '../time/clock.js';

interface Ticker {
  every: number;
  next: number;
  tick: () => void;
}

/**
 * A clock that only tests advance. Pass it to `startTestApp({ clock })`, or provide it as `Clock`.
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

  /** Milliseconds since the clock was created. */
  monotonic(): number {
    return this.elapsed;
  }

  every(ms: number, tick: () => void): () => void {
    const ticker = { every: ms, next: this.elapsed + ms, tick };
    this.tickers.add(ticker);
    return () => this.tickers.delete(ticker);
  }

  /** The number of running timers. */
  get running(): number {
    return this.tickers.size;
  }

  /** Advances by milliseconds. Timers run at their own times. */
  advance(ms: number): void {
    const end = this.elapsed + ms;
    for (let due = this.earliest(); due && due.next <= end; due = this.earliest()) {
      this.elapsed = due.next;
      due.next += due.every;
      due.tick();
    }
    this.elapsed = end;
  }

  /** Advances second by second until the promise settles, for at most ten minutes. */
  async advanceUntil(happened: Promise<unknown>): Promise<void> {
    const watch = { isOver: false };
    const over = (): void => void (watch.isOver = true);
    void happened.then(over, over);
    for (let i = 0; i < 600 && !watch.isOver; i++) {
      this.advance(1000);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Like `advance`, but no timers run in between, as if the process had been stopped. */
  jump(ms: number): void {
    this.elapsed += ms;
    for (const ticker of this.tickers) ticker.next = this.elapsed + ticker.every;
  }

  private earliest(): Ticker | undefined {
    return [...this.tickers].toSorted((a, b) => a.next - b.next)[0];
  }
}
