import type { Clock } from '../../time/clock.js';
import type { TimerWheel, WheelTimer } from '../../time/timer-wheel.js';
import { Backoff } from './backoff.js';
import type { OutageReason } from './outage-reason.js';
import type { RedisLine, RedisLines } from './redis-line.js';
import { reasonOfLine } from './reply-error.js';
import { DeadlineExceededError, within } from '../../time/deadline.js';

export interface KeeperListener {
  /** A line can be used, as far as opening it can tell. */
  onLine(line: RedisLine): void;
  /** There is no line, and another one is tried. */
  onLost(reason: OutageReason): void;
  /** In a Cluster: slots may have moved. */
  onRefreshed?(): void;
}

/** Keeps one line open: when it is lost, it opens another after 50 to 1,000 ms. */
export class LineKeeper {
  private readonly backoff = new Backoff();
  private opening: RedisLine | undefined;
  private current: RedisLine | undefined;
  private openedAt = 0;
  private retry: WheelTimer | undefined;
  private isStopped = true;

  /** @param openMs how long opening a line may take */
  constructor(
    private readonly lines: RedisLines,
    private readonly clock: Clock,
    private readonly wheel: TimerWheel,
    private readonly openMs: number,
    private readonly listener: KeeperListener,
  ) {}

  get line(): RedisLine | undefined {
    return this.current;
  }

  start(): void {
    this.isStopped = false;
    this.open();
  }

  stop(): void {
    this.isStopped = true;
    this.retry?.cancel();
    (this.opening ?? this.current)?.close();
    this.opening = this.current = undefined;
  }

  /** Gives a line up, and with it what was sent on it and not answered. */
  drop(line: RedisLine, reason: OutageReason): void {
    if (line !== this.opening && line !== this.current) return;
    line.close();
    this.lost(line, reason);
  }

  /** The line has proved useful: the next one may be opened soon after it. */
  succeeded(): void {
    this.backoff.reset();
  }

  private open(): void {
    this.openedAt = this.clock.monotonic();
    try {
      const line = this.lines.open({
        onClosed: (reason) => this.lost(line, reason),
        onRefreshed: () => this.listener.onRefreshed?.(),
      });
      this.opening = line;
      within(this.openMs, line.ready).then(
        () => this.opened(line),
        (error: unknown) =>
          this.drop(line, error instanceof DeadlineExceededError ? 'timeout' : reasonOfLine(error)),
      );
    } catch {
      // Files of certificates that cannot be read.
      this.lost(undefined, 'tls');
    }
  }

  private opened(line: RedisLine): void {
    if (line !== this.opening) return;
    this.opening = undefined;
    this.current = line;
    this.listener.onLine(line);
  }

  private lost(line: RedisLine | undefined, reason: OutageReason): void {
    if (this.isStopped || (line !== this.opening && line !== this.current)) return;
    this.opening = this.current = undefined;
    this.retry = this.wheel.schedule(this.backoff.delay(this.clock.monotonic() - this.openedAt), () =>
      this.open(),
    );
    this.listener.onLost(reason);
  }
}
