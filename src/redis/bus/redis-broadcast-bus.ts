import { type Broadcast, BroadcastBus, type Position } from '../../nodes/broadcast-bus.js';
import type { Clock } from '../../time/clock.js';
import type { MaybePromise } from '../../time/maybe-promise.js';
import { type RedisPort, RedisUnavailableError } from '../link/redis-port.js';
import type { OutagePolicy } from '../outage-policy.js';
import type { NodeStreams } from '../streams/node-streams.js';
import type { NodeEntry } from '../streams/stream-entry.js';
import { type Batch, BatchLog } from './batch-log.js';
import { PushOutbox, PUSHES } from './push-outbox.js';
import { keyOf, positionAfter, positionIn, readPosition } from './push-position.js';
import { RepeatedEntries } from './repeated-entries.js';
import { batchOf, StoredBatches } from './stored-batches.js';

/** What a node remembers of what it has read. */
const RECENT_BYTES = 8 * 1024 * 1024;
const RECENT_MS = 60_000;

export interface RedisBusSettings {
  /** `WS_REDIS_OUTAGE` */
  readonly outage: OutagePolicy;
  /** Deadline of a call, in milliseconds. */
  readonly deadlineMs: number;
}

/**
 * Pushes by a stream that all nodes read whole, so that they have one order everywhere. Members on this node get them
 * through the stream, too.
 */
export class RedisBroadcastBus extends BroadcastBus {
  private deliver: (broadcast: Broadcast, at?: Position) => void = () => undefined;
  private gap: () => void = () => undefined;
  private at: Position | undefined;
  private readonly recent = new BatchLog(undefined, RECENT_BYTES, RECENT_MS);
  private readonly repeated = new RepeatedEntries();
  private readonly stored: StoredBatches;
  private readonly outbox: PushOutbox;
  /** Numbers of own entries whose pushes were given up, and may be stored all the same. */
  private readonly givenUp = new Set<number>();
  private isLocal = false;

  constructor(
    private readonly port: RedisPort,
    private readonly streams: NodeStreams,
    private readonly clock: Clock,
    { outage, deadlineMs }: RedisBusSettings,
  ) {
    super();
    this.stored = new StoredBatches(port, streams.bus.key, clock, deadlineMs);
    this.outbox = new PushOutbox(port, clock, streams.bus.writer, outage, {
      onLocal: (broadcasts) => this.deliverHere(broadcasts),
      onGivenUp: (n) => outage !== 'deny' && this.givenUp.add(n),
      onStored: () => (this.isLocal = false),
    });
    streams.bus.onEntry((entry) => this.read(entry));
    streams.bus.onGap(() => this.lose());
  }

  /**
   * @throws OverloadedException when too much waits, or Redis is away and `WS_REDIS_OUTAGE` is `deny`
   * @throws RangeError for a push of more than 512 KiB
   */
  publish(broadcast: Broadcast): Promise<void> {
    return this.outbox.publish(broadcast);
  }

  async subscribe(deliver: (broadcast: Broadcast, at?: Position) => void, gap: () => void): Promise<void> {
    this.deliver = deliver;
    this.gap = gap;
    await this.streams.start();
    this.recent.reset(keyOf(this.streams.bus.position));
  }

  // Where the clock of Redis went back with its memory lost, positions would not grow: there are none for a while.
  override get position(): Position {
    if (!this.streams.bus.follower.isAscending) return '';
    return this.at ?? positionAfter(keyOf(this.streams.bus.position));
  }

  override between(after: Position, to: Position): MaybePromise<Iterable<Broadcast> | undefined> {
    if (after === to) return [];
    const [start, end] = [readPosition(after), readPosition(to)];
    if (!start || !end || after > to || to > this.position) return undefined;
    if (this.recent.covers(start)) return this.recent.between(start, end);
    return this.stored.between(start, end, this.recent).catch((error: unknown) => {
      if (error instanceof RedisUnavailableError) return undefined;
      throw error;
    });
  }

  /** Refuses pushes that wait, and all that come. */
  stop(): void {
    this.outbox.stop();
  }

  private read(entry: NodeEntry): void {
    if (entry.kind !== PUSHES) return;
    const batch = this.batchOf(entry);
    if (!batch) return;
    this.recent.add(batch);
    const isOwn = entry.node === this.port.node;
    const isKnown = this.repeated.has(entry) || (isOwn && this.wasGivenUp(entry.n));
    for (const [index, broadcast] of batch.broadcasts.entries()) {
      this.at = positionIn(batch.key, index);
      if (!isKnown) this.handOver(broadcast, this.position);
    }
    if (isOwn) this.outbox.seen(entry.n);
  }

  /** Undefined when it cannot be read: its pushes are lost to this node. */
  private batchOf(entry: NodeEntry): Batch | undefined {
    try {
      return batchOf(entry, this.clock.monotonic());
    } catch (error) {
      this.streams.onError(error);
      this.streams.bus.follower.lose(false);
      return undefined;
    }
  }

  /** Whether the members on this node have got the pushes of an own entry when they were given up. */
  private wasGivenUp(n: number): boolean {
    if (this.givenUp.size === 0) return false;
    const found = this.givenUp.has(n);
    // Entries are stored in the order of their numbers.
    for (const earlier of this.givenUp) if (earlier <= n) this.givenUp.delete(earlier);
    return found;
  }

  private deliverHere(broadcasts: readonly Broadcast[]): void {
    if (!this.isLocal) this.streams.tell({ type: 'cluster.push-local' });
    this.isLocal = true;
    for (const broadcast of broadcasts) this.handOver(broadcast);
  }

  private handOver(broadcast: Broadcast, at?: Position): void {
    try {
      this.deliver(broadcast, at);
    } catch (error) {
      this.streams.onError(error);
    }
  }

  private lose(): void {
    this.recent.reset(undefined);
    this.stored.forget();
    this.gap();
  }
}
