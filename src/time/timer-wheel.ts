import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from './clock.js';

/** A scheduled call. `cancel()` may be called at any time, more than once. @publicApi */
export interface WheelTimer {
  cancel(): void;
}

const logger = new Logger('WsSecurity');

const TICK_MS = 100;
const SLOTS = 512;
/** The process has stalled if a tick comes this many ticks after the one before it. */
const STALL_TICKS = 3;

/**
 * A link of a ring. A removed link keeps no references, so that links do not keep each other from garbage collection.
 */
class Link {
  next: Link = this;
  previous: Link = this;

  insertBefore(link: Link): void {
    this.next = link;
    this.previous = link.previous;
    link.previous.next = this;
    link.previous = this;
  }

  remove(): void {
    this.previous.next = this.next;
    this.next.previous = this.previous;
    this.next = this;
    this.previous = this;
  }

  get isAlone(): boolean {
    return this.next === this;
  }
}

class Entry extends Link implements WheelTimer {
  constructor(
    readonly dueTick: number,
    private readonly callback: (argument: never) => void,
    private readonly argument: unknown,
  ) {
    super();
  }

  run(): void {
    this.callback(this.argument as never);
  }

  cancel(): void {
    this.remove();
  }
}

/**
 * Runs the deadlines of all connections on one interval (a hashed timing wheel). Scheduling and cancelling take
 * constant time, delays may exceed the 24.8 days of `setTimeout`, and nothing runs early. After a stall of the process,
 * what has arrived in the meantime is read first, because a peer is not late if only the process was.
 *
 * @publicApi
 */
@Injectable()
export class TimerWheel implements OnApplicationShutdown {
  private readonly slots = Array.from({ length: SLOTS }, () => new Link());
  private lastTick: number;
  private stop: (() => void) | undefined;

  constructor(private readonly clock: Clock) {
    this.lastTick = this.tickOf(clock.monotonic());
  }

  /** The number of scheduled calls. */
  get size(): number {
    let size = 0;
    for (const slot of this.slots) for (let { next } = slot; next !== slot; next = next.next) size++;
    return size;
  }

  /** Calls `run` once after `delayMs`, at most one tick (100 ms) late unless the process stalls. */
  schedule(delayMs: number, run: () => void): WheelTimer;
  /** As above, with an argument, so that many timers can share one function. @internal */
  schedule<T>(delayMs: number, run: (argument: T) => void, argument: T): WheelTimer;
  schedule(delayMs: number, run: (argument: never) => void, argument?: unknown): WheelTimer {
    if (!this.stop) {
      this.lastTick = this.tickOf(this.clock.monotonic());
      this.stop = this.clock.every(TICK_MS, () => this.tick());
    }
    const due = this.clock.monotonic() + Math.max(0, delayMs);
    const entry = new Entry(Math.max(Math.ceil(due / TICK_MS), this.lastTick + 1), run, argument);
    entry.insertBefore(this.slotOf(entry.dueTick));
    return entry;
  }

  delay(ms: number): Promise<void> {
    return new Promise((resolve) => this.schedule(ms, resolve));
  }

  onApplicationShutdown(): void {
    this.stop?.();
    this.stop = undefined;
    for (const slot of this.slots) while (!slot.isAlone) slot.next.remove();
  }

  private tick(): void {
    const isStalled = this.tickOf(this.clock.monotonic()) - this.lastTick >= STALL_TICKS;
    // Node reads all sockets between its timers and its immediates.
    if (isStalled) setImmediate(() => this.advance());
    else this.advance();
  }

  private advance(): void {
    const now = this.tickOf(this.clock.monotonic());
    // After a long stall, one round visits every slot once.
    const first = Math.max(this.lastTick + 1, now - SLOTS + 1);
    this.lastTick = Math.max(now, this.lastTick);
    for (let tick = first; tick <= now; tick++) this.runDue(this.slotOf(tick), now);
  }

  private runDue(slot: Link, now: number): void {
    const due: Entry[] = [];
    for (let { next } = slot; next !== slot; next = next.next) {
      if ((next as Entry).dueTick <= now) due.push(next as Entry);
    }
    for (const entry of due) {
      // An earlier call may have cancelled it.
      if (entry.isAlone) continue;
      entry.cancel();
      try {
        entry.run();
      } catch (error) {
        // All deadlines share the interval, so an uncaught error would end the process.
        logger.error('A timer failed', error instanceof Error ? error.stack : undefined);
      }
    }
  }

  private slotOf(tick: number): Link {
    return this.slots[tick % SLOTS] as Link;
  }

  private tickOf(ms: number): number {
    return Math.floor(ms / TICK_MS);
  }
}
