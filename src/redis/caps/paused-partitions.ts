import type { Partition } from '../link/redis-port.js';

/** The most takers that wait while a partition is paused. */
const MOST_WAITING = 512;

/** Partitions whose takers wait until Redis knows all places again. */
export class PausedPartitions {
  /** How many wait. */
  private readonly waiting = new Map<Partition, number>();

  has(partition: Partition): boolean {
    return this.waiting.has(partition);
  }

  pause(partition: Partition): void {
    if (!this.waiting.has(partition)) this.waiting.set(partition, 0);
  }

  /** @returns whether it was paused */
  resume(partition: Partition): boolean {
    return this.waiting.delete(partition);
  }

  /** Whether one more taker may be added, to wait or not. */
  admit(partition: Partition): boolean {
    const waiting = this.waiting.get(partition);
    if (waiting === undefined) return true;
    if (waiting >= MOST_WAITING) return false;
    this.waiting.set(partition, waiting + 1);
    return true;
  }
}
