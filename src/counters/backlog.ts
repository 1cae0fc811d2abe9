import type { Duplex } from 'node:stream';

/** The part of the timer wheel that is used. */
interface Scheduler {
  schedule(delayMs: number, run: () => void): unknown;
}

const MEASURE_MS = 1000;

/**
 * The bytes that wait for slow readers. The sum over all connections would cost more, the more there are. So only
 * streams that are behind are remembered, and they are measured once a second while there are any.
 */
export class Backlog {
  private readonly behind = new Map<Duplex, number>();
  private isScheduled = false;
  private sum = 0;

  constructor(private readonly wheel: Scheduler) {}

  /** At most a second old. Streams below their high-water mark do not count. */
  get bytes(): number {
    return this.sum;
  }

  /** Called after a stream was written to. */
  look(stream: Duplex): void {
    if (!stream.writableNeedDrain) return;
    this.set(stream, stream.writableLength);
    if (this.isScheduled) return;
    this.isScheduled = true;
    this.wheel.schedule(MEASURE_MS, () => this.measure());
  }

  private measure(): void {
    this.isScheduled = false;
    const [...streams] = this.behind.keys();
    for (const stream of streams) {
      this.set(stream, 0);
      if (!stream.destroyed) this.look(stream);
    }
  }

  private set(stream: Duplex, bytes: number): void {
    this.sum += bytes - (this.behind.get(stream) ?? 0);
    if (bytes > 0) this.behind.set(stream, bytes);
    else this.behind.delete(stream);
  }
}
