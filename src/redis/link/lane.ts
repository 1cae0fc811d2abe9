import type { Clock } from '../../time/clock.js';
import { evaluate } from './evaluate.js';
import { HELLO, type HelloReply } from './hello.script.js';
import type { OutageReason } from './outage-reason.js';
import type { RedisLine } from './redis-line.js';
import type { Partition } from './redis-port.js';
import { reasonOfLine } from './reply-error.js';
import { ServerTime } from './server-time.js';
import { DeadlineExceededError, within } from '../../time/deadline.js';

/** The breaker opens after this many missed deadlines in a row. */
const MAX_DEADLINES = 3;

/**
 * - `down`: there is no line
 * - `probing`: a line has still to answer
 * - `up`
 * - `slow`: answers are expected too late for most calls; those that may take long are still made
 */
type LaneState = 'down' | 'probing' | 'up' | 'slow';

export interface LaneListener {
  onUp(lane: Lane): void;
  /** Also when the reason changes. */
  onDown(lane: Lane, reason: OutageReason, wasUp: boolean): void;
  onFailover(lane: Lane): void;
  onClockStep(lane: Lane, ms: number): void;
  /** The line does not serve this lane. */
  onFailed(lane: Lane, line: RedisLine, reason: OutageReason): void;
  /** The line answered, too late for most calls: ask again in a while. */
  onSlow(lane: Lane, line: RedisLine): void;
}

/** The breaker of one partition, and what is known of its master. */
export class Lane {
  readonly time = new ServerTime();
  /** Resolves when it is known for the first time whether the partition can be reached. */
  readonly decided: Promise<void>;
  inFlight = 0;
  private state: LaneState = 'down';
  private reason: OutageReason | undefined;
  private deadlines = 0;
  /** Whether the line has answered since the state changed. */
  private hasAnswered = false;
  private runId = '';
  private probed: RedisLine | undefined;
  private decide!: () => void;

  constructor(
    readonly partition: Partition,
    private readonly key: string,
    private readonly timeoutMs: number,
    private readonly maxInFlight: number,
    private readonly clock: Clock,
    private readonly listener: LaneListener,
  ) {
    this.decided = new Promise((resolve) => {
      this.decide = resolve;
    });
  }

  get isUp(): boolean {
    return this.state === 'up';
  }

  /** Whether answers are known to come, though too late for most calls. */
  get isSlow(): boolean {
    return this.state === 'slow' && this.hasAnswered;
  }

  /** Why a call cannot be made now; undefined when it can. @param mayTakeLong whether it has more time than most */
  refusal(mayTakeLong: boolean): OutageReason | undefined {
    if (this.state !== 'up' && !(mayTakeLong && this.state === 'slow')) return this.reason ?? 'refused';
    return this.inFlight < this.maxInFlight ? undefined : 'overloaded';
  }

  /** An answer came. One that most calls would not have waited for leaves their deadlines as they are. */
  answered(sentAt: number): void {
    if (this.clock.monotonic() - sentAt <= this.timeoutMs) this.deadlines = 0;
  }

  /** A call passed its deadline. @param line it was sent on */
  missed(line: RedisLine): void {
    if (++this.deadlines >= MAX_DEADLINES && this.state === 'up') this.doubt(line, 'slow', 'timeout');
  }

  /** Calls are refused until the line has answered again. */
  doubt(line: RedisLine, state: 'slow' | 'probing', reason: OutageReason): void {
    this.leave(state, reason);
    void this.probe(line);
  }

  /** There is no line. */
  down(reason: OutageReason): void {
    this.probed = undefined;
    this.leave('down', reason);
  }

  /** The link is stopped, which is no outage to tell of. */
  close(): void {
    this.probed = undefined;
    this.state = 'down';
    this.reason = 'refused';
  }

  observe(serverNow: number, sentAt: number): void {
    const step = this.time.observe(serverNow, sentAt, this.clock.monotonic());
    if (step !== undefined) this.listener.onClockStep(this, step);
  }

  /** Asks on a line who answers there, and at what time of the server. One answer brings the lane up. */
  async probe(line: RedisLine): Promise<void> {
    if (this.probed === line) return;
    this.probed = line;
    if (this.state === 'down') this.state = 'probing';
    const sentAt = this.clock.monotonic();
    try {
      const hello = await within(4 * this.timeoutMs, evaluate(line, HELLO, [this.key], []));
      if (this.probed === line) this.heard(line, hello as HelloReply, sentAt);
    } catch (error) {
      if (this.probed !== line) return;
      this.probed = undefined;
      this.listener.onFailed(
        this,
        line,
        error instanceof DeadlineExceededError ? 'timeout' : reasonOfLine(error),
      );
    }
  }

  private heard(line: RedisLine, [now, runId, role]: HelloReply, sentAt: number): void {
    this.probed = undefined;
    if (role !== '' && role !== 'master') return this.listener.onFailed(this, line, 'replica');
    this.observe(now, sentAt);
    const isOther = this.runId !== '' && runId !== this.runId;
    this.runId = runId;
    if (isOther) this.listener.onFailover(this);
    this.hasAnswered = true;
    if (this.state === 'slow' && this.clock.monotonic() - sentAt > this.timeoutMs)
      return this.listener.onSlow(this, line);
    if (this.state === 'up') return;
    this.state = 'up';
    this.reason = undefined;
    this.deadlines = 0;
    this.decide();
    this.listener.onUp(this);
  }

  private leave(state: LaneState, reason: OutageReason): void {
    const wasUp = this.state === 'up';
    this.state = state;
    this.hasAnswered = false;
    this.decide();
    if (this.reason === reason) return;
    this.reason = reason;
    this.listener.onDown(this, reason, wasUp);
  }
}
