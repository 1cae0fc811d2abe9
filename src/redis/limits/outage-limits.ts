import { SlidingWindowStorage } from '../../throttling/sliding-window.storage.js';
import type { ThrottlerVerdict } from '../../throttling/throttler-verdict.interface.js';
import type { Clock } from '../../time/clock.js';
import { notAsked, type Partition } from '../link/redis-port.js';
import type { OutagePolicy } from '../outage-policy.js';
import type { CountedHit } from './counted-hit.js';
import { verdictOf } from '../../throttling/throttler-verdict.interface.js';

/** Decides hits that Redis did not. */
export class OutageLimits {
  /** What was accepted here in the outage of a partition. */
  private readonly local = new Map<Partition, SlidingWindowStorage>();

  constructor(
    private readonly policy: OutagePolicy,
    private readonly clock: Clock,
  ) {}

  /** @throws RedisUnavailableError under `deny` */
  decide(partition: Partition, { key, ttl, limit, blockDuration, name, cost }: CountedHit): ThrottlerVerdict {
    if (this.policy === 'deny') throw notAsked();
    if (this.policy === 'allow') return verdictOf(0, ttl, limit, cost);
    return this.localOf(partition).hit(key, ttl, limit, blockDuration, name, cost);
  }

  /** The outage of a partition is over: the next one starts with nothing. */
  end(partition: Partition): void {
    this.local.get(partition)?.onApplicationShutdown();
    this.local.delete(partition);
  }

  stop(): void {
    for (const partition of this.local.keys()) this.end(partition);
  }

  private localOf(partition: Partition): SlidingWindowStorage {
    let storage = this.local.get(partition);
    if (!storage) this.local.set(partition, (storage = new SlidingWindowStorage(this.clock)));
    return storage;
  }
}
