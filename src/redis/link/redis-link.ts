import { NodeIdentity } from '../../nodes/node-identity.js';
import type { Clock } from '../../time/clock.js';
import type { TimerWheel } from '../../time/timer-wheel.js';
import { callFailure } from './call-failure.js';
import { evaluate } from './evaluate.js';
import type { Lane } from './lane.js';
import { Lanes, type LinkSettings } from './lanes.js';
import type { LinkEvent } from './link-event.js';
import { partitionOf } from './partitions.js';
import type { RedisLine, RedisLines } from './redis-line.js';
import {
  type Partition,
  RedisPort,
  notAsked,
  RedisUnavailableError,
  type RunOptions,
  type ScriptArgument,
} from './redis-port.js';
import type { Script } from './script.js';
import { Suspension } from '../../time/suspension.js';
import { DeadlineExceededError, within } from '../../time/deadline.js';

/** A process that was busy may read an answer so much after its deadline. After a longer pause it means nothing. */
const MOST_BUSY_MS = 1000;

/** The way to Redis over a line of its own: bounded in time and number, with a breaker for each partition. */
export class RedisLink extends RedisPort {
  readonly node: string;
  readonly partitions: readonly Partition[];
  readonly control: Partition;
  private readonly lanes: Lanes;
  private readonly suspension: Suspension;
  private readonly isCluster: boolean;

  constructor(
    lines: RedisLines,
    private readonly settings: LinkSettings,
    private readonly clock: Clock,
    wheel: TimerWheel,
  ) {
    super();
    this.node = settings.node ?? new NodeIdentity().id;
    this.lanes = new Lanes(lines, settings, clock, wheel);
    this.isCluster = lines.isCluster;
    this.partitions = this.lanes.all.map(({ partition }) => partition);
    this.control = this.partitions[0] as Partition;
    this.suspension = new Suspension(clock);
  }

  /** Opens the line. Waits for nothing: Redis may be away. */
  start(): void {
    this.lanes.keeper.start();
  }

  /** Resolves when every partition has answered or is known to be away. */
  async decided(): Promise<void> {
    await Promise.all(this.lanes.all.map((lane) => lane.decided));
  }

  /** Closes the line; calls under way fail. */
  stop(): void {
    this.lanes.keeper.stop();
    for (const lane of this.lanes.all) lane.close();
  }

  partitionOf(id: string): Partition {
    return partitionOf(id, this.partitions);
  }

  offset(partition: Partition): number | undefined {
    return this.lanes.of(partition).time.offset;
  }

  /** As {@link offset}, for a time that is never ahead of the server's. */
  lowerOffset(partition: Partition): number | undefined {
    return this.lanes.of(partition).time.lowerOffset;
  }

  isUp(partition: Partition): boolean {
    return this.lanes.of(partition).isUp;
  }

  isReachable(partition: Partition): boolean {
    const { isUp, isSlow } = this.lanes.of(partition);
    return isUp || isSlow;
  }

  onUp(listener: (partition: Partition) => void): void {
    this.lanes.up.add(listener);
  }

  onDown(listener: (partition: Partition) => void): void {
    this.lanes.down.add(listener);
  }

  /** Calls `listener` when another server is master, or was started anew, before calls are made there. */
  onFailover(listener: (partition: Partition) => void): void {
    this.lanes.failover.add(listener);
  }

  onEvent(listener: (event: LinkEvent) => void): void {
    this.lanes.events.add(listener);
  }

  run(
    script: Script,
    partition: Partition,
    keys: readonly string[],
    args: readonly ScriptArgument[],
    { deadlineMs = this.settings.timeoutMs, binary = false }: RunOptions = {},
  ): Promise<unknown> {
    if (this.suspension.happened()) this.forgetTimes();
    const lane = this.lanes.of(partition);
    const { line } = this.lanes.keeper;
    const refusal = lane.refusal(deadlineMs > this.settings.timeoutMs);
    const { offset } = lane.time;
    const { calls } = this.settings;
    if (refusal || !line || offset === undefined) {
      calls?.ended('redis', 'refused');
      return Promise.reject(notAsked(refusal ?? 'timeout'));
    }
    const sentAt = this.clock.monotonic();
    const notAfter = Math.floor(sentAt + offset + deadlineMs);
    lane.inFlight++;
    const reply = evaluate(line, script, keys, [this.node, notAfter, ...args], binary);
    return within(deadlineMs, reply).then(
      (answer) => {
        const isTooLate = this.clock.monotonic() - sentAt > deadlineMs + MOST_BUSY_MS;
        if (isTooLate) return this.failed(lane, line, new DeadlineExceededError('read too late'), sentAt);
        calls?.ended('redis', 'ok', this.clock.monotonic() - sentAt);
        return this.answered(lane, answer, sentAt, notAfter);
      },
      (error: unknown) => this.failed(lane, line, error, sentAt),
    );
  }

  private answered(lane: Lane, reply: unknown, sentAt: number, notAfter: number): unknown {
    lane.inFlight--;
    lane.answered(sentAt);
    const now = Array.isArray(reply) ? Number(reply[0]) : NaN;
    if (Number.isNaN(now)) throw new TypeError('A script must answer a list that begins with the time');
    lane.observe(now, sentAt);
    if (now > notAfter) throw new RedisUnavailableError('not-run', 'clock');
    return reply;
  }

  private failed(lane: Lane, line: RedisLine, cause: unknown, sentAt: number): never {
    this.settings.calls?.ended('redis', 'failed', this.clock.monotonic() - sentAt);
    lane.inFlight--;
    const { kind, error, doubt } = callFailure(cause);
    const isCurrent = this.lanes.keeper.line === line;
    if (kind === 'timeout' && isCurrent) lane.missed(line);
    else if (kind === 'reply') lane.answered(sentAt);
    // A line to a Cluster stays when one of its masters dies; any other one is closed then.
    if (doubt && isCurrent && (kind === 'reply' || this.isCluster)) lane.doubt(line, 'probing', doubt);
    throw error;
  }

  /** What was known of the servers' clocks refers to a clock of ours that stood still. */
  private forgetTimes(): void {
    const { line } = this.lanes.keeper;
    for (const lane of this.lanes.all) {
      lane.time.forget();
      if (line && lane.isUp) lane.doubt(line, 'probing', 'clock');
    }
  }
}
