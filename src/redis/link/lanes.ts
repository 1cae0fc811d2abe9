import type { StoreCalls } from '../../counters/store-calls.js';
import type { Clock } from '../../time/clock.js';
import type { TimerWheel } from '../../time/timer-wheel.js';
import { slotOf } from './key-slot.js';
import { Lane, type LaneListener } from './lane.js';
import { LineKeeper } from './line-keeper.js';
import type { LinkEvent } from './link-event.js';
import { Listeners } from './listeners.js';
import type { OutageReason } from './outage-reason.js';
import { partitionsOf } from './partitions.js';
import type { RedisLine, RedisLines } from './redis-line.js';
import type { Partition } from './redis-port.js';

/** Calls under way; each of a Cluster's parts has fewer, so that one that hangs leaves room for the others. */
const MAX_IN_FLIGHT = 512;
const MAX_IN_FLIGHT_OF_PART = 64;
/** Between two probes of a Cluster's part, or of a slow server, in milliseconds. */
const PROBE_MS = 300;

export interface LinkSettings {
  /** What every key begins with. */
  readonly prefix: string;
  /** Deadline of a call, in milliseconds. */
  readonly timeoutMs: number;
  /** The id of this node, as `NodeIdentity` has it; a random one when left out. */
  readonly node?: string;
  /** Where calls are counted; not at all when left out. */
  readonly calls?: StoreCalls;
}

/**
 * Which partitions can be reached, over one line. Outside a Cluster a line that does not serve is dropped for another
 * one; in a Cluster its other parts go on, and the client finds the new master.
 */
export class Lanes implements LaneListener {
  readonly up = new Listeners<[Partition]>();
  readonly down = new Listeners<[Partition]>();
  readonly failover = new Listeners<[Partition]>();
  readonly events = new Listeners<[LinkEvent]>();
  readonly all: readonly Lane[];
  readonly keeper: LineKeeper;
  private readonly byPartition: ReadonlyMap<Partition, Lane>;
  private readonly owners = new Map<Lane, string | undefined>();

  constructor(
    private readonly lines: RedisLines,
    { prefix, timeoutMs }: LinkSettings,
    clock: Clock,
    private readonly wheel: TimerWheel,
  ) {
    const max = lines.isCluster ? MAX_IN_FLIGHT_OF_PART : MAX_IN_FLIGHT;
    this.all = partitionsOf(lines.isCluster).map(
      (partition) => new Lane(partition, `${prefix}${partition.tag}:nodes`, timeoutMs, max, clock, this),
    );
    this.byPartition = new Map(this.all.map((lane) => [lane.partition, lane]));
    this.keeper = new LineKeeper(lines, clock, wheel, 8 * timeoutMs, {
      onLine: (line) => this.all.forEach((lane) => void lane.probe(line)),
      onLost: (reason) => this.all.forEach((lane) => lane.down(reason)),
      onRefreshed: () => this.checkOwners(),
    });
  }

  of(partition: Partition): Lane {
    return this.byPartition.get(partition) as Lane;
  }

  onUp({ partition }: Lane): void {
    this.keeper.succeeded();
    this.events.tell({ type: 'cluster.up', partition: partition.tag });
    this.up.tell(partition);
  }

  onDown({ partition }: Lane, reason: OutageReason, wasUp: boolean): void {
    this.events.tell({ type: 'cluster.down', partition: partition.tag, reason });
    if (wasUp) this.down.tell(partition);
  }

  onFailover({ partition }: Lane): void {
    this.events.tell({ type: 'cluster.failover', partition: partition.tag });
    this.failover.tell(partition);
  }

  onClockStep({ partition }: Lane, ms: number): void {
    this.events.tell({ type: 'cluster.clock-step', partition: partition.tag, step_ms: ms });
  }

  onFailed(lane: Lane, line: RedisLine, reason: OutageReason): void {
    if (!this.lines.isCluster) return this.keeper.drop(line, reason);
    lane.down(reason);
    line.refresh();
    this.probeLater(lane, line);
  }

  onSlow(lane: Lane, line: RedisLine): void {
    this.probeLater(lane, line);
  }

  private probeLater(lane: Lane, line: RedisLine): void {
    this.wheel.schedule(PROBE_MS, () => {
      if (this.keeper.line === line) void lane.probe(line);
    });
  }

  /** In a Cluster another server may have become master without any call that failed. */
  private checkOwners(): void {
    const { line } = this.keeper;
    if (!line) return;
    for (const lane of this.all) {
      const owner = line.ownerOf(slotOf(lane.partition.tag.slice(1, -1)));
      const before = this.owners.get(lane);
      this.owners.set(lane, owner);
      if (before !== undefined && before !== owner && lane.isUp) void lane.probe(line);
    }
  }
}
