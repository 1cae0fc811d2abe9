import { RevocationStore, type StoredRevocation } from '../../auth/revocation-store.js';
import { ProviderUnavailableError } from '../../errors/provider-unavailable.error.js';
import { KeptWrites } from './kept-writes.js';
import type { RedisTables } from './redis-tables.js';
import { isActive, momentOf, momentText, storedKey } from './table-entry.js';

interface Revocation {
  readonly before: number;
  readonly forgetAt: number;
}

/**
 * Revocations that all nodes share. Each node holds all of them, so it answers at once; when it has not heard of Redis
 * for `WS_REDIS_STALE_MS` it cannot tell.
 */
export class RedisRevocationStore extends RevocationStore {
  private readonly kept: KeptWrites<Revocation>;

  constructor(private readonly tables: RedisTables) {
    super();
    this.kept = new KeptWrites<Revocation>(
      tables,
      'revoked',
      (key, { before, forgetAt }) =>
        forgetAt > tables.time.now() ? [key, '', '', momentText(forgetAt), momentText(before)] : undefined,
      (one, other) => ({
        before: Math.max(one.before, other.before),
        forgetAt: Math.max(one.forgetAt, other.forgetAt),
      }),
    );
  }

  /** @throws RedisUnavailableError when Redis is away; it counts on this node, and on others once Redis is back */
  override async revoke(key: string, before: number, forgetAt = Infinity): Promise<void> {
    if (Number.isNaN(before) || Number.isNaN(forgetAt)) throw new TypeError('A revocation needs moments.');
    await this.kept.add(storedKey(key), { before, forgetAt });
  }

  override revokedBefore(keys: readonly string[]): number | undefined {
    if (!this.tables.isCurrent('revoked'))
      throw new ProviderUnavailableError('it is not known which credentials are revoked: Redis is away');
    let latest = -Infinity;
    const table = this.tables.table('revoked');
    for (const key of keys) {
      const entry = table.get(key);
      if (entry) latest = Math.max(latest, momentOf(entry.payload));
      latest = Math.max(latest, this.kept.get(storedKey(key))?.before ?? -Infinity);
    }
    return latest === -Infinity ? undefined : latest;
  }

  override watch(onRevoked: (key: string, before: number) => void, onLifted: (key: string) => void): void {
    const table = this.tables.table('revoked');
    for (const [key, entry] of table.remembered(-Infinity))
      if (isActive(entry)) onRevoked(key, momentOf(entry.payload));
    table.onChanged((key, entry, before) => {
      if (entry.payload === before?.payload) return;
      if (isActive(entry)) onRevoked(key, momentOf(entry.payload));
      else if (before) onLifted(key);
    });
  }

  override list(): StoredRevocation[] {
    const rows = [...this.tables.table('revoked').remembered(this.tables.time.now())];
    return rows
      .filter(([, entry]) => isActive(entry))
      .map(([key, { payload, until }]) => ({ key, before: momentOf(payload), forgetAt: until }));
  }

  /** @throws RedisUnavailableError when Redis is away: the revocation may hold */
  override async lift(key: string): Promise<void> {
    const own = storedKey(key);
    const known = this.tables.table('revoked').get(own);
    await this.tables.write('revoked', [[own, '', 'lift', known ? momentText(known.until) : '', '']]);
    this.kept.drop(own);
  }
}
