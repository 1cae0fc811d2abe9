import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../time/clock.js';
import { SlidingWindow } from './sliding-window.js';
import type { ThrottlerVerdict } from './throttler-verdict.interface.js';
import type { WsThrottlerStorage } from './ws-throttler-storage.interface.js';

const SWEEP_MS = 10_000;

interface Entry {
  readonly window: SlidingWindow;
  blockedUntil: number;
}

/** Everybody's windows of one throttler: whatever limit holds for a key at the moment, it has one. */
interface Group {
  readonly name: string;
  readonly entries: Map<string, Entry>;
}

/**
 * Exact sliding windows in this process, one for a key and a throttler. Each hit brings the limit of the moment, so a
 * principal whose limit changes keeps its budget. A window that no longer counts anything is swept away.
 *
 * @publicApi
 */
@Injectable()
export class SlidingWindowStorage implements WsThrottlerStorage, OnApplicationShutdown {
  readonly knowsCost = true;
  private readonly groups = new Map<string, Group>();
  /** What was asked for last is mostly asked for again. */
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
   * @param ttl the window that holds now, milliseconds
   * @param limit hits that it holds now
   * @param blockDuration milliseconds a key stays refused once it was over the limit; 0 for as long as it is
   * @param cost hits to count, all of them or none
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

  /** As {@link increment}, at once. */
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
    return {
      totalHits: wait > 0 ? limit + 1 : Math.min(entry.window.size, limit),
      timeToExpire: Math.ceil(ttl / 1000),
      isBlocked: wait > 0,
      timeToBlockExpire: Math.ceil(wait / 1000),
      retryAfterMs: Math.ceil(wait),
    };
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
