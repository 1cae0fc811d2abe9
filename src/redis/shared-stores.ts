import type { RedisOptions } from '../options/redis-options.js';
import type { Clock } from '../time/clock.js';
import { RedisConnectionDirectory } from './caps/redis-connection-directory.js';
import type { ClusterEvent } from './cluster-event.js';
import { RedisKeys } from './keys.js';
import { RedisThrottlerStorage } from './limits/redis-throttler.storage.js';
import type { RedisLink } from './link/redis-link.js';
import type { Membership } from './nodes/membership.js';

export interface SharedStoresParts {
  readonly link: RedisLink;
  readonly membership: Membership;
  readonly clock: Clock;
  readonly options: RedisOptions;
  readonly tell: (event: ClusterEvent) => void;
}

/** The stores of a node that it shares with others. */
export class SharedStores {
  readonly throttler: RedisThrottlerStorage;
  readonly directory: RedisConnectionDirectory;

  constructor({ link, membership, clock, options, tell }: SharedStoresParts) {
    const keys = new RedisKeys(options.redisPrefix);
    const { redisOutage: outage, redisLimits: limits, redisNodeTtlMs: nodeTtlMs } = options;
    this.throttler = new RedisThrottlerStorage(link, clock, { keys, outage, limits });
    this.directory = new RedisConnectionDirectory(link, clock, {
      keys,
      outage,
      nodeTtlMs,
      onOverCap: (scope, count, limit) => tell({ type: 'cluster.over-cap', scope, count, limit }),
    });
    assertPlaces(this.directory, membership);
  }

  /** Gives back what this node has of what all share. Never rejects. */
  async leave(): Promise<void> {
    await this.throttler.leave();
  }

  /** Ends all timers. */
  stop(): void {
    this.throttler.onApplicationShutdown();
    this.directory.onApplicationShutdown();
  }
}

/** Whoever wants a place waits while Redis does not know all that are taken. */
function assertPlaces(directory: RedisConnectionDirectory, membership: Membership): void {
  membership.onAssert((partition) => directory.assertAll(partition));
  membership.onFound((partition) => {
    directory.pause(partition);
    // When the node stops there is nobody to let in.
    membership.whenAsserted(partition)?.then(
      () => directory.resume(partition),
      () => undefined,
    );
  });
}
