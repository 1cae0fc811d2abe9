import type { Clock } from '../time/clock.js';

export interface BatchOptions<Item> {
  /** The most items of one call. */
  readonly size: number;
  /** The most items of a call that spare ones join; without it they fill it. */
  readonly spareSize?: number;
  /** Milliseconds between the starts of two calls that are not full. */
  readonly gapMs: number;
  /** Whether an item that was added still has something to ask. */
  needsCall(item: Item): boolean;
  /** Makes a call; `done` is called when it was answered or has failed. */
  send(items: readonly Item[], done: () => void): void;
}

/**
 * Puts what many ask for into few calls: one is under way at a time, and what comes meanwhile, and for a while after its
 * start, is the next one. As many items as go into a call do not wait for that.
 */
export class CallBatches<Item> {
  private readonly queue = new Set<Item>();
  private readonly spare = new Set<Item>();
  private isUnderWay = false;
  private nextAt = -Infinity;
  private stopTimer: (() => void) | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly options: BatchOptions<Item>,
  ) {}

  add(item: Item): void {
    this.queue.add(item);
    this.pump();
  }

  /** Lets it join a call that is made anyway. */
  addSpare(item: Item): void {
    this.spare.add(item);
  }

  /** Takes out what waits for the next call. */
  takeWaiting(): Item[] {
    const items = [...this.queue];
    this.queue.clear();
    return items;
  }

  stop(): void {
    this.wake();
    this.queue.clear();
    this.spare.clear();
  }

  private pump(): void {
    if (this.isUnderWay || this.queue.size === 0) return;
    const now = this.clock.monotonic();
    if (now < this.nextAt && this.queue.size < this.options.size) return this.sleep(this.nextAt - now);
    this.wake();
    const items = this.take();
    if (items.length === 0) return;
    this.nextAt = now + this.options.gapMs;
    this.isUnderWay = true;
    this.options.send(items, () => {
      this.isUnderWay = false;
      this.pump();
    });
  }

  private sleep(ms: number): void {
    this.stopTimer ??= this.clock.every(Math.max(1, Math.ceil(ms)), () => {
      this.wake();
      this.pump();
    });
  }

  private wake(): void {
    this.stopTimer?.();
    this.stopTimer = undefined;
  }

  private take(): Item[] {
    const items: Item[] = [];
    const { size, spareSize = size } = this.options;
    this.move(this.queue, items, size);
    if (items.length > 0) this.move(this.spare, items, spareSize);
    return items;
  }

  private move(from: Set<Item>, items: Item[], size: number): void {
    for (const item of from) {
      if (items.length >= size) break;
      from.delete(item);
      if (this.options.needsCall(item) && !items.includes(item)) items.push(item);
    }
  }
}
