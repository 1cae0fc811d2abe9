import type { Clock } from '../../time/clock.js';
import type { TimerWheel } from '../../time/timer-wheel.js';
import type { RedisKeys } from '../keys.js';
import { BlockingLine, type StreamEntry, type StreamReader } from '../link/blocking-line.js';
import { Listeners } from '../link/listeners.js';
import type { RedisLines } from '../link/redis-line.js';
import type { RedisLink } from '../link/redis-link.js';
import type { Partition } from '../link/redis-port.js';
import type { BeatReply } from '../nodes/beat-reply.js';
import type { Finding } from '../nodes/member.js';
import type { Membership } from '../nodes/membership.js';
import { ControlOutbox } from './control-outbox.js';
import { ControlStream } from './control-stream.js';
import type { NodeEntry } from './stream-entry.js';
import type { StreamEvent } from './stream-event.js';
import { StreamFollower } from './stream-follower.js';
import { busLimits, CONTROL_LIMITS } from './stream-limits.js';
import { type StreamName, StreamWriter } from './stream-writer.js';
import { type StreamTail, TailSearch } from './tail-search.js';

/** How long the start waits for Redis before it goes on without. */
const START_MS = 3000;
const NAMES = ['control', 'bus'] as const;
/** The kind of a message that says that entries of a stream, its text, are lost. */
const GAP = 'gap';

export interface NodeStreamsSettings {
  readonly keys: RedisKeys;
  /** Milliseconds for which pushes have to be known: 30,000, or `WS_RESUME_TTL_MS` when that is longer. */
  readonly keepMs: number;
  /** `WS_REDIS_STREAM_BYTES` */
  readonly streamBytes: number;
  /** Deadline of a call that writes, in milliseconds. */
  readonly deadlineMs: number;
}

/** What all nodes tell each other: two streams that every node reads whole, from the moment at which it starts. */
export class NodeStreams implements StreamReader {
  /** Messages to all nodes. */
  readonly control: ControlStream;
  /** Writes pushes. */
  readonly busWriter: StreamWriter;
  private readonly followers: Readonly<Record<StreamName, StreamFollower>>;
  private readonly writers: Readonly<Record<StreamName, StreamWriter>>;
  private readonly busEntries = new Listeners<[NodeEntry]>();
  private readonly busGaps = new Listeners<[]>();
  private readonly events = new Listeners<[StreamEvent]>();
  private readonly faults = new Listeners<[unknown]>();
  /** Streams of which other nodes have still to hear that entries are lost. */
  private readonly untold = new Set<StreamName>();
  private readonly search: TailSearch;
  private readonly line: BlockingLine;
  private started: Promise<void> | undefined;
  private isPlaced = false;
  /** Whether the start has been waited for. */
  private isServing = false;

  constructor(
    private readonly link: RedisLink,
    lines: RedisLines,
    private readonly membership: Membership,
    private readonly clock: Clock,
    private readonly wheel: TimerWheel,
    private readonly settings: NodeStreamsSettings,
  ) {
    const { keys, keepMs, streamBytes, deadlineMs } = settings;
    const sent = keys.sent(link.control);
    const keyOf = { control: keys.control(link.control), bus: keys.bus(link.control) };
    const limits = { control: CONTROL_LIMITS, bus: busLimits(keepMs, streamBytes) };
    const writerOf = (name: StreamName): StreamWriter => {
      const own = { name, keys: [keyOf[name], sent] as const, limits: limits[name], deadlineMs };
      return new StreamWriter(link, clock, own, () => this.tellAll(name));
    };
    this.writers = { control: writerOf('control'), bus: writerOf('bus') };
    this.busWriter = this.writers.bus;
    const outbox = new ControlOutbox(link, this.writers.control);
    this.control = new ControlStream((kind, body) => outbox.send(kind, body));
    this.control.on(GAP, (stream) => this.followers[stream as StreamName]?.lose(false));
    this.followers = {
      control: new StreamFollower(keyOf.control, this.followerOf('control')),
      bus: new StreamFollower(keyOf.bus, this.followerOf('bus')),
    };
    this.line = new BlockingLine(lines, clock, wheel, this);
    membership.onBeat((partition, reply) => this.onBeat(partition, reply));
    membership.onFound((partition, finding) => this.onFound(partition, finding));
    this.search = new TailSearch(link, clock, deadlineMs);
  }

  /** Where this node is in the stream of pushes. */
  get busPosition(): string {
    return this.followers.bus.position;
  }

  /** Whether positions of pushes have only grown. */
  get isAscending(): boolean {
    return this.followers.bus.isAscending;
  }

  /** Whether this node reads what others write without much delay. */
  get isReady(): boolean {
    return this.isPlaced && !this.followers.bus.isLate && !this.followers.control.isLate;
  }

  /** Begins to read. Resolves when it is known from where, or that Redis is away. */
  start(): Promise<void> {
    this.started ??= new Promise((resolve) => {
      const serve = (): void => {
        this.isServing = true;
        resolve();
      };
      this.link.onEvent(({ type }) => type === 'cluster.down' && serve());
      this.wheel.schedule(START_MS, serve);
      this.place().then(serve, (error: unknown) => this.faults.tell(error));
    });
    return this.started;
  }

  stop(): void {
    this.search.stop();
    this.line.stop();
  }

  /** `listener` gets the entries of pushes. */
  onBusEntry(listener: (entry: NodeEntry) => void): void {
    this.busEntries.add(listener);
  }

  /** `listener` hears that entries of pushes are lost to this node. */
  onBusGap(listener: () => void): void {
    this.busGaps.add(listener);
  }

  onEvent(listener: (event: StreamEvent) => void): void {
    this.events.add(listener);
  }

  /** `listener` hears of mistakes in what handles entries. */
  onFault(listener: (error: unknown) => void): void {
    this.faults.add(listener);
  }

  /** @internal */
  tell(event: StreamEvent): void {
    this.events.tell(event);
  }

  /** @internal */
  positions(): readonly (readonly [string, string])[] {
    const { control, bus } = this.followers;
    return [
      [control.key, control.position],
      [bus.key, bus.position],
    ];
  }

  /** @internal */
  onEntries(key: string, entries: readonly StreamEntry[]): void {
    const { control, bus } = this.followers;
    (key === control.key ? control : bus).read(entries);
  }

  /** @internal */
  onHeard(sentAt: number): void {
    for (const follower of Object.values(this.followers)) follower.heard(sentAt);
    this.membership.heardControl(sentAt);
  }

  /** @internal */
  onLost(): void {
    // Another line reads on, and what was lost meanwhile is found out by the numbers of entries.
  }

  /** @internal */
  onError(error: unknown): void {
    this.faults.tell(error);
  }

  /** Finds out where the streams stand, and reads on from there. */
  private async place(): Promise<void> {
    const sent = this.settings.keys.sent(this.link.control);
    const tails = await this.search.find([sent, ...NAMES.map((name) => this.followers[name].key)], NAMES);
    if (!tails) return;
    for (const [i, name] of NAMES.entries()) this.followers[name].begin(...(tails[i] as StreamTail));
    this.isPlaced = true;
    this.line.start();
    if (!this.isServing) return;
    // Nobody knows what was written since the start.
    for (const name of NAMES) this.followers[name].lose(false);
  }

  private followerOf(name: StreamName): { onEntry: (entry: NodeEntry) => void; onGap: () => void } {
    const { control, busEntries, busGaps } = this;
    const [deliver, lose] =
      name === 'control'
        ? [(entry: NodeEntry) => control.deliver(entry), () => control.tellGap()]
        : [(entry: NodeEntry) => busEntries.tell(entry), () => busGaps.tell()];
    return {
      onEntry: (entry) => this.guarded(() => deliver(entry)),
      onGap: () => {
        this.events.tell({ type: 'cluster.gap', stream: name });
        this.guarded(lose);
      },
    };
  }

  private onBeat(partition: Partition, { outcome, state, now }: BeatReply): void {
    if (partition !== this.link.control || outcome !== 'ok' || !state || !this.isPlaced) return;
    const receivedAt = this.clock.monotonic();
    for (const name of NAMES) {
      this.followers[name].beat(state[name], now, receivedAt);
      this.writers[name].beat(state[name].n);
    }
    for (const name of this.untold) this.tellAll(name);
  }

  private onFound(partition: Partition, finding: Finding): void {
    if (partition !== this.link.control || finding !== 'lost' || !this.isPlaced) return;
    for (const name of NAMES) {
      this.writers[name].forget();
      this.followers[name].lose(true);
    }
  }

  /** Tells all nodes, this one included, that entries of a stream are lost; with the next beat again if that fails. */
  private tellAll(name: StreamName): void {
    this.untold.add(name);
    this.control.append(GAP, name).then(
      () => this.untold.delete(name),
      () => undefined,
    );
  }

  private guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.faults.tell(error);
    }
  }
}
