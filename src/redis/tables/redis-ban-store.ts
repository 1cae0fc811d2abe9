import { BanStore, type StoredBan } from '../../throttling/bans/ban-store.js';
import type { Clock } from '../../time/clock.js';
import { KeptWrites } from './kept-writes.js';
import type { RedisTables } from './redis-tables.js';
import { isActive, momentOf, momentText, storedKey } from './table-entry.js';

/** Bans that all nodes share. Each node holds all of them; while Redis is away it answers what it knows. */
export class RedisBanStore extends BanStore {
  /** Ends, monotonic milliseconds. */
  private readonly kept: KeptWrites<number>;

  constructor(
    private readonly tables: RedisTables,
    private readonly clock: Clock,
  ) {
    super();
    this.kept = new KeptWrites<number>(
      tables,
      'banned',
      (key, end) => {
        const ms = end - clock.monotonic();
        return ms > 0 ? [key, '', '', String(ms), ''] : undefined;
      },
      Math.max,
    );
  }

  /** @throws RedisUnavailableError when Redis is away; it counts on this node, and on others once Redis is back */
  override async ban(key: string, ms: number): Promise<void> {
    await this.kept.add(storedKey(key), this.clock.monotonic() + ms);
  }

  override remaining(key: string): number {
    const own = storedKey(key);
    const entry = this.tables.table('banned').get(own);
    const shared = entry ? momentOf(entry.payload) - this.tables.time.now() : 0;
    const kept = (this.kept.get(own) ?? -Infinity) - this.clock.monotonic();
    return Math.max(0, shared, kept);
  }

  override watch(onBanned: (key: string, remaining: number) => void, onLifted: (key: string) => void): void {
    const table = this.tables.table('banned');
    const tell = (key: string): void => {
      const remaining = this.remaining(key);
      if (remaining > 0) onBanned(key, remaining);
    };
    for (const [key] of table.remembered(-Infinity)) tell(key);
    table.onChanged((key, entry, before) => {
      if (entry.payload === before?.payload) return;
      if (isActive(entry)) tell(key);
      else if (before) onLifted(key);
    });
  }

  override list(): StoredBan[] {
    const rows = [...this.tables.table('banned').remembered(this.tables.time.now())];
    return rows
      .map(([key]) => ({ key, remaining: this.remaining(key) }))
      .filter(({ remaining }) => remaining > 0);
  }

  /** @throws RedisUnavailableError when Redis is away: the ban may hold */
  override async lift(key: string): Promise<void> {
    const own = storedKey(key);
    const known = this.tables.table('banned').get(own);
    await this.tables.write('banned', [[own, '', 'lift', known ? momentText(known.until) : '', '']]);
    this.kept.drop(own);
  }
}
