import { RedisBroadcastBus } from './bus/redis-broadcast-bus.js';
import { RedisConnectionDirectory } from './caps/redis-connection-directory.js';
import type { ClusterNode } from './cluster-node.js';
import { RedisThrottlerStorage } from './limits/redis-throttler.storage.js';
import { within } from '../time/deadline.js';
import { patientDeadline } from './node-parts.js';
import type { Membership } from './nodes/membership.js';
import { RedisNodeQuestions } from './questions/redis-node-questions.js';
import { RedisResumeStore } from './resume/redis-resume-store.js';
import { SessionShelf } from './resume/session-shelf.js';
import { RedisClusterSignals } from './signals/redis-cluster-signals.js';
import { RedisBanStore } from './tables/redis-ban-store.js';
import { RedisRevocationStore } from './tables/redis-revocation-store.js';
import { RedisTables } from './tables/redis-tables.js';
import { RightsTable } from './tables/rights-table.js';
import { RedisTicketStore } from './tickets/redis-ticket-store.js';

/** How long the start waits for them, in milliseconds. */
const LOAD_MS = 3000;

/** The stores of a node that it shares with others. */
export class SharedStores {
  readonly throttler: RedisThrottlerStorage;
  readonly directory: RedisConnectionDirectory;
  readonly revocations: RedisRevocationStore;
  readonly bans: RedisBanStore;
  readonly tickets: RedisTicketStore;
  readonly bus: RedisBroadcastBus;
  readonly signals: RedisClusterSignals;
  readonly questions: RedisNodeQuestions;
  readonly sessions: RedisResumeStore;
  private readonly tables: RedisTables;

  constructor(private readonly node: ClusterNode) {
    const { keys, link, membership, streams, neighbours, parts } = node;
    const { options, clock, wheel, faults, tell } = parts;
    const { redisOutage: outage, redisLimits: limits, redisNodeTtlMs: nodeTtlMs } = options;
    const deadlineMs = patientDeadline(options);
    const { control } = streams;
    const onFault = (error: unknown): void => void faults.report('Work with Redis failed', error);

    this.throttler = new RedisThrottlerStorage(link, clock, { keys, outage, limits });
    this.directory = new RedisConnectionDirectory(link, clock, {
      keys,
      outage,
      nodeTtlMs,
      onOverCap: (scope, count, limit) => tell({ type: 'cluster.over-cap', scope, count, limit }),
    });
    assertPlaces(this.directory, membership);

    const remembered = { keys, deadlineMs, longestMs: options.revocationMaxMs };
    this.tables = new RedisTables(link, membership, control, remembered, clock, wheel);
    this.tables.onFault(onFault);
    this.revocations = new RedisRevocationStore(this.tables);
    this.bans = new RedisBanStore(this.tables, clock);
    this.tickets = new RedisTicketStore(link, { keys, deadlineMs });

    this.bus = new RedisBroadcastBus(link, streams, clock, {
      outage,
      deadlineMs,
    });
    const rights = new RightsTable(this.tables, options.sessionMaxAgeMs || options.revocationMaxMs);
    this.signals = new RedisClusterSignals(link, control, neighbours, clock, wheel, onFault, rights);
    this.questions = new RedisNodeQuestions(link, control, neighbours, clock, wheel, onFault);
    const shelf = new SessionShelf(link, keys, deadlineMs);
    this.sessions = new RedisResumeStore(parts.node.id, control, neighbours, shelf, wheel, onFault);
  }

  /** Loads the tables. Resolves when they are known, or Redis is away. */
  async load(): Promise<void> {
    await this.tables.load().catch(() => undefined);
    const { link, membership } = this.node;
    const known = new Promise<void>((resolve) => {
      const look = (): void => {
        if (this.tables.isCurrent('revoked') || !link.isUp(link.control)) resolve();
      };
      membership.onNews(look);
      link.onDown(look);
      look();
    });
    // In real time: the clock of a test may stand still.
    await within(LOAD_MS, known).catch(() => undefined);
  }

  /**
   * Gives back what this node has of what all share, and says that it answers nobody any more. Never rejects, and waits
   * for some seconds at most.
   */
  async leave(): Promise<void> {
    const { neighbours, parts } = this.node;
    const left = Promise.allSettled([this.throttler.leave(), neighbours.leave()]);
    await within(2 * patientDeadline(parts.options), left).catch(() => undefined);
  }

  /** Ends all timers; what waits is refused. */
  stop(): void {
    this.throttler.onApplicationShutdown();
    this.directory.onApplicationShutdown();
    this.bus.stop();
  }
}

/** Whoever wants a place waits while Redis does not know all that are taken. */
function assertPlaces(directory: RedisConnectionDirectory, membership: Membership): void {
  membership.onAssert((partition) => directory.assertAll(partition));
  membership.onDoubt((partition) => {
    directory.pause(partition);
    // When the node stops there is nobody to let in.
    membership.whenAsserted(partition)?.then(
      () => directory.resume(partition),
      () => undefined,
    );
  });
}
