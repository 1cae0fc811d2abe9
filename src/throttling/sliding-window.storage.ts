import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../connection/clock.js';
import { SlidingWindow } from './sliding-window.js';
import type { ThrottlerVerdict } from './throttler-verdict.interface.js';
import type { WsThrottlerStorage } from './ws-throttler-storage.interface.js';

const SWEEP_MS = 10_000;

interface Entry {
  window: SlidingWindow;
  blockedUntil: number;
}

/** Everybody's windows of one limit. */
interface Group {
  readonly name: string;
  readonly limit: number;
  readonly ttl: number;
  readonly entries: Map<string, Entry>;
}

/**
 * Exact sliding windows in this process. A window that no longer counts anything is swept away.
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
   * @param ttl the window, milliseconds
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
    const entry = this.entryOf(key, this.groupOf(throttlerName, limit, ttl));
    const wait = this.waitOf(entry, now, blockDuration, cost);
    return {
      totalHits: wait > 0 ? limit + 1 : entry.window.size,
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

  private waitOf(entry: Entry, now: number, blockDuration: number, cost: number): number {
    if (now < entry.blockedUntil) return entry.blockedUntil - now;
    const wait = entry.window.hit(now, cost);
    if (wait === 0 || blockDuration <= 0) return wait;
    entry.blockedUntil = now + Math.max(wait, blockDuration);
    return entry.blockedUntil - now;
  }

  private groupOf(name: string, limit: number, ttl: number): Group {
    const { latest } = this;
    if (latest?.name === name && latest.limit === limit && latest.ttl === ttl) return latest;
    const key = `${name}|${limit}|${ttl}`;
    let group = this.groups.get(key);
    if (!group) this.groups.set(key, (group = { name, limit, ttl, entries: new Map() }));
    return (this.latest = group);
  }

  private entryOf(key: string, { entries, limit, ttl }: Group): Entry {
    this.stopSweeping ??= this.clock.every(SWEEP_MS, () => this.sweep());
    let entry = entries.get(key);
    if (!entry) {
      entry = { window: new SlidingWindow(limit, ttl), blockedUntil: 0 };
      entries.set(key, entry);
    }
    return entry;
  }

  private sweep(): void {
    const now = this.clock.monotonic();
    for (const [groupKey, { entries }] of this.groups) {
      for (const [key, { window, blockedUntil }] of entries) {
        if (window.idleAt <= now && blockedUntil <= now) entries.delete(key);
      }
      if (entries.size === 0) this.groups.delete(groupKey);
    }
    this.latest = undefined;
  }
}
