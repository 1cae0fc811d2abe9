import type { Clock } from '../../time/clock.js';
import { within } from '../../time/deadline.js';
import type { TimerWheel } from '../../time/timer-wheel.js';
import type { RedisKeys } from '../keys.js';
import { BlockingLine, READ_COUNT, type StreamEntry, type StreamReader } from '../link/blocking-line.js';
import { Listeners } from '../link/listeners.js';
import type { RedisLines } from '../link/redis-line.js';
import type { RedisLink } from '../link/redis-link.js';
import type { Partition } from '../link/redis-port.js';
import type { BeatReply } from '../nodes/beat-reply.js';
import type { Finding } from '../nodes/member.js';
import type { Membership } from '../nodes/membership.js';
import { ControlOutbox } from './control-outbox.js';
import { ControlStream } from './control-stream.js';
import { SharedStream } from './shared-stream.js';
import type { StreamEvent } from './stream-event.js';
import { busLimits, CONTROL_LIMITS, type StreamLimits } from './stream-limits.js';
import type { StreamName } from './stream-writer.js';
import { type StreamTail, TailSearch } from './tail-search.js';

/** How long the start waits for Redis before it goes on without. */
const START_MS = 3000;
/** The kind of a message that says that entries of a stream, its text, are lost to all nodes. */
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
  /** Pushes. */
  readonly bus: SharedStream;
  private readonly messages: SharedStream;
  private readonly both: readonly SharedStream[];
  private readonly events = new Listeners<[StreamEvent]>();
  private readonly faults = new Listeners<[unknown]>();
  /** Streams of which other nodes have still to hear that entries are lost. */
  private readonly untold = new Set<StreamName>();
  private readonly search: TailSearch;
  private readonly line: BlockingLine;
  private started: Promise<void> | undefined;
  private isDown = false;
  /** Whether the start has been waited for. */
  private isServing = false;
  private isReading = false;
  /** Whether more messages may be there than the last read told. */
  private isBehind = false;

  constructor(
    private readonly link: RedisLink,
    lines: RedisLines,
    private readonly membership: Membership,
    private readonly clock: Clock,
    wheel: TimerWheel,
    private readonly settings: NodeStreamsSettings,
  ) {
    const { keys, keepMs, streamBytes, deadlineMs } = settings;
    this.messages = this.stream('control', keys.control(link.control), CONTROL_LIMITS);
    this.bus = this.stream('bus', keys.bus(link.control), busLimits(keepMs, streamBytes));
    this.both = [this.messages, this.bus];
    const outbox = new ControlOutbox(link, this.messages.writer);
    this.control = new ControlStream((kind, body) => outbox.send(kind, body));
    this.messages.onEntry((entry) => this.control.deliver(entry));
    this.messages.onGap(() => this.control.tellGap());
    this.control.on(GAP, (name) => this.of(name)?.follower.lose(false));
    this.search = new TailSearch(link, clock, deadlineMs);
    this.line = new BlockingLine(lines, clock, wheel, this);
    // A Cluster's line finds the new master by itself.
    link.onFailover((partition) => {
      if (partition === link.control && !lines.isCluster) this.line.renew();
    });
    membership.onBeat((partition, reply) => this.onBeat(partition, reply));
    membership.onFound((partition, finding) => this.onFound(partition, finding));
    link.onEvent(({ type, partition }) => {
      if (partition !== link.control.tag || (type !== 'cluster.up' && type !== 'cluster.down')) return;
      this.isDown = type === 'cluster.down';
      if (this.isDown) this.goOn();
    });
  }

  /** Whether this node reads what others write without much delay. */
  get isReady(): boolean {
    return this.isReading && !this.both.some(({ follower }) => follower.isLate);
  }

  /** Begins to read. Resolves when it is known from where, or that Redis is away. */
  start(): Promise<void> {
    // In real time: the clock of a test may stand still.
    this.started ??= within(START_MS, this.begin()).catch(() => this.goOn());
    return this.started;
  }

  stop(): void {
    this.search.stop();
    this.line.stop();
  }

  onEvent(listener: (event: StreamEvent) => void): void {
    this.events.add(listener);
  }

  /** Calls `listener` with errors of whatever handles entries. */
  onFault(listener: (error: unknown) => void): void {
    this.faults.add(listener);
  }

  /** @internal */
  tell(event: StreamEvent): void {
    this.events.tell(event);
  }

  /** @internal */
  positions(): readonly (readonly [string, string])[] {
    return this.both.map(({ key, position }) => [key, position]);
  }

  /** @internal */
  onEntries(key: string, entries: readonly StreamEntry[]): void {
    if (key === this.messages.key) this.isBehind = entries.length >= READ_COUNT;
    this.both.find((stream) => stream.key === key)?.follower.read(entries);
  }

  /** @internal */
  onHeard(sentAt: number): void {
    for (const { follower } of this.both) follower.heard(sentAt);
    // Among the messages that are still to be read may be a revocation.
    if (!this.isBehind) this.membership.heardControl(sentAt);
    this.isBehind = false;
  }

  /** @internal */
  onLost(): void {
    // Another line reads on, and what was lost meanwhile is found out by the numbers of entries.
  }

  /** @internal */
  onError(error: unknown): void {
    this.faults.tell(error);
  }

  private goOn: () => void = () => undefined;

  private begin(): Promise<void> {
    return new Promise((resolve) => {
      this.goOn = () => {
        this.isServing = true;
        resolve();
      };
      if (this.isDown) this.goOn();
      this.read().catch((error: unknown) => this.faults.tell(error));
    });
  }

  /** Finds out where the streams stand, and reads on from there. */
  private async read(): Promise<void> {
    const sent = this.settings.keys.sent(this.link.control);
    const names = this.both.map(({ settings }) => settings.name);
    const tails = await this.search.find([sent, ...this.both.map(({ key }) => key)], names);
    if (!tails) return;
    for (const [i, { follower }] of this.both.entries()) follower.begin(...(tails[i] as StreamTail));
    this.isReading = true;
    this.line.start();
    // Nobody knows what was written since the start.
    if (this.isServing) for (const { follower } of this.both) follower.lose(false);
    else this.goOn();
  }

  private stream(name: StreamName, key: string, limits: StreamLimits): SharedStream {
    const { keys, deadlineMs } = this.settings;
    const sent = keys.sent(this.link.control);
    const settings = { name, keys: [key, sent] as const, limits, deadlineMs };
    return new SharedStream(this.link, this.clock, settings, {
      onGap: () => this.events.tell({ type: 'cluster.gap', stream: name }),
      onLost: () => this.tellAll(name),
      onFault: (error) => this.faults.tell(error),
    });
  }

  private of(name: string): SharedStream | undefined {
    return this.both.find(({ settings }) => settings.name === name);
  }

  private onBeat(partition: Partition, { outcome, state, now }: BeatReply): void {
    if (partition !== this.link.control || outcome !== 'ok' || !state || !this.isReading) return;
    for (const name of this.untold) this.tellAll(name);
    for (const stream of this.both) stream.beat(state[stream.settings.name], now, this.clock.monotonic());
  }

  private onFound(partition: Partition, finding: Finding): void {
    if (partition !== this.link.control || finding !== 'lost' || !this.isReading) return;
    for (const stream of this.both) stream.forgotten();
  }

  /** Tells all nodes, this one included, that entries of a stream are lost; with the next beat again if that fails. */
  private tellAll(name: StreamName): void {
    this.untold.delete(name);
    this.control.append(GAP, name).catch(() => this.untold.add(name));
  }
}
