import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../time/clock.js';
import { SlidingWindow } from './sliding-window.js';
import { type ThrottlerVerdict, verdictOf } from './throttler-verdict.interface.js';
import type { BudgetState, WsThrottlerStorage } from './ws-throttler-storage.interface.js';

const SWEEP_MS = 10_000;
/** A key without hits. */
const UNUSED = new SlidingWindow();

interface Entry {
  readonly window: SlidingWindow;
  blockedUntil: number;
}

/** All windows of one throttler. Each key has one window, even if its limit changes. */
interface Group {
  readonly name: string;
  readonly entries: Map<string, Entry>;
}

/**
 * Exact sliding windows in memory, one per key and throttler. Each hit brings the current limit, so a principal keeps
 * its budget if the limit changes. Expired windows are deleted.
 *
 * @publicApi
 */
@Injectable()
export class SlidingWindowStorage implements WsThrottlerStorage, OnApplicationShutdown {
  readonly knowsCost = true;
  private readonly groups = new Map<string, Group>();
  /** Caches the last lookup, because consecutive hits often share it. */
  private latest: Group | undefined;
  private stopSweeping: (() => void) | undefined;

  constructor(private readonly clock: Clock) {}

  get size(): number {
    let size = 0;
    for (const { entries } of this.groups.values()) size += entries.size;
    return size;
  }

  /**
   * Counts a hit.
   *
   * @param ttl the current window in milliseconds
   * @param limit the current number of hits per window
   * @param blockDuration milliseconds for which a key is blocked after it exceeded the limit; 0 blocks only while the
   * window is full
   * @param cost hits to count, either all or none
   */
  async increment(
    key: string,
    ttl: number,
    limit: number,
    blockDuration: number,
    throttlerName: string,
    cost = 1,
  ): Promise<ThrottlerVerdict> {
    return this.hit(key, ttl, limit, blockDuration, throttlerName, cost);
  }

  /** Like {@link increment}, but synchronous. */
  hit(
    key: string,
    ttl: number,
    limit: number,
    blockDuration: number,
    throttlerName: string,
    cost: number,
  ): ThrottlerVerdict {
    const now = this.clock.monotonic();
    const entry = this.entryOf(key, this.groupOf(throttlerName));
    const wait = this.waitOf(entry, now, limit, ttl, blockDuration, cost);
    return verdictOf(wait, ttl, limit, Math.min(entry.window.size, limit));
  }

  /** What is left of a budget, without a hit. */
  peek(key: string, ttl: number, limit: number, throttlerName: string): BudgetState {
    const now = this.clock.monotonic();
    const entry = this.groups.get(throttlerName)?.entries.get(key);
    if (entry && now < entry.blockedUntil) return { remaining: 0, retryAfterMs: entry.blockedUntil - now };
    return (entry?.window ?? UNUSED).peek(now, limit, ttl);
  }

  onApplicationShutdown(): void {
    this.stopSweeping?.();
    this.stopSweeping = undefined;
    this.groups.clear();
    this.latest = undefined;
  }

  private waitOf(
    entry: Entry,
    now: number,
    limit: number,
    ttl: number,
    blockDuration: number,
    cost: number,
  ): number {
    if (now < entry.blockedUntil) return entry.blockedUntil - now;
    const wait = entry.window.hit(now, limit, ttl, cost);
    if (wait === 0 || blockDuration <= 0) return wait;
    entry.blockedUntil = now + Math.max(wait, blockDuration);
    return entry.blockedUntil - now;
  }

  private groupOf(name: string): Group {
    const { latest } = this;
    if (latest?.name === name) return latest;
    let group = this.groups.get(name);
    if (!group) this.groups.set(name, (group = { name, entries: new Map() }));
    return (this.latest = group);
  }

  private entryOf(key: string, { entries }: Group): Entry {
    this.stopSweeping ??= this.clock.every(SWEEP_MS, () => this.sweep());
    let entry = entries.get(key);
    if (!entry) {
      entry = { window: new SlidingWindow(), blockedUntil: 0 };
      entries.set(key, entry);
    }
    return entry;
  }

  private sweep(): void {
    const now = this.clock.monotonic();
    for (const [name, { entries }] of this.groups) {
      for (const [key, { window, blockedUntil }] of entries) {
        if (window.idleAt <= now && blockedUntil <= now) entries.delete(key);
      }
      if (entries.size === 0) this.groups.delete(name);
    }
    this.latest = undefined;
  }
}
