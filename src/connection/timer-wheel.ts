import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from './clock.js';

/** A scheduled call; `cancel()` may be called at any time, also twice. */
export interface WheelTimer {
  cancel(): void;
}

const TICK_MS = 100;
const SLOTS = 512;

class Entry implements WheelTimer {
  slot: Set<Entry> | undefined;

  constructor(
    readonly dueTick: number,
    readonly run: () => void,
  ) {}

  cancel(): void {
    this.slot?.delete(this);
    this.slot = undefined;
  }
}

/**
 * All deadlines of all connections on one interval (hashed timing wheel): scheduling and cancelling are
 * constant time, delays may be longer than the 24.8 days of `setTimeout`, and nothing runs early.
 */
@Injectable()
export class TimerWheel implements OnApplicationShutdown {
  private readonly slots = Array.from({ length: SLOTS }, () => new Set<Entry>());
  private lastTick: number;
  private stop: (() => void) | undefined;

  constructor(private readonly clock: Clock) {
    this.lastTick = this.tickOf(clock.monotonic());
  }

  /** Calls `run` once, `delayMs` from now or at most one tick (100 ms) later. */
  schedule(delayMs: number, run: () => void): WheelTimer {
    if (!this.stop) {
      this.lastTick = this.tickOf(this.clock.monotonic());
      this.stop = this.clock.every(TICK_MS, () => this.advance());
    }
    const due = this.clock.monotonic() + Math.max(0, delayMs);
    const entry = new Entry(Math.max(Math.ceil(due / TICK_MS), this.lastTick + 1), run);
    entry.slot = this.slotOf(entry.dueTick);
    entry.slot.add(entry);
    return entry;
  }

  delay(ms: number): Promise<void> {
    return new Promise((resolve) => this.schedule(ms, resolve));
  }

  onApplicationShutdown(): void {
    this.stop?.();
    this.stop = undefined;
    for (const slot of this.slots) slot.clear();
  }

  private advance(): void {
    const now = this.tickOf(this.clock.monotonic());
    // After a long stall one round visits every slot; more would visit them again.
    const first = Math.max(this.lastTick + 1, now - SLOTS + 1);
    this.lastTick = Math.max(now, this.lastTick);
    for (let tick = first; tick <= now; tick++) this.runDue(this.slotOf(tick), now);
  }

  private runDue(slot: Set<Entry>, now: number): void {
    for (const entry of slot) {
      if (entry.dueTick > now) continue;
      entry.cancel();
      entry.run();
    }
  }

  private slotOf(tick: number): Set<Entry> {
    return this.slots[tick % SLOTS] as Set<Entry>;
  }

  private tickOf(ms: number): number {
    return Math.floor(ms / TICK_MS);
  }
}
