import { SystemClock } from '../../src/time/clock.js';
import type { RedisServer } from './redis-server.js';

/** The system's clock, which a test can set ahead; what is due by then happens at once. */
export class JumpingClock extends SystemClock {
  private ahead = 0;
  private readonly tickers = new Set<Ticker>();

  override now(): number {
    return super.now() + this.ahead;
  }

  override monotonic(): number {
    return super.monotonic() + this.ahead;
  }

  override every(ms: number, tick: () => void): () => void {
    const ticker = new Ticker(this, ms, tick);
    this.tickers.add(ticker);
    return () => {
      ticker.stop();
      this.tickers.delete(ticker);
    };
  }

  jump(ms: number): void {
    this.ahead += ms;
    for (const ticker of this.tickers) ticker.run();
  }
}

class Ticker {
  private next: number;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly clock: JumpingClock,
    private readonly everyMs: number,
    private readonly tick: () => void,
  ) {
    this.next = clock.monotonic();
    this.rearm();
  }

  run(): void {
    if (this.clock.monotonic() < this.next) return;
    this.rearm();
    this.tick();
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private rearm(): void {
    this.stop();
    this.next = this.clock.monotonic() + this.everyMs;
    const fire = (): void => {
      this.rearm();
      this.tick();
    };
    this.timer = setTimeout(fire, this.everyMs).unref();
  }
}

/** The time of servers and of clocks here, which are set ahead together. */
export class JointTime {
  private readonly clocks = new Set<JumpingClock>();
  private ahead = 0;

  /** @param servers that have a clock of their own */
  constructor(private readonly servers: readonly RedisServer[]) {}

  /** Keeps a clock with the servers from now on. */
  keep<T extends JumpingClock>(clock: T): T {
    clock.jump(this.ahead);
    this.clocks.add(clock);
    return clock;
  }

  /** In milliseconds, which are rounded up as timers do. */
  pass(ms: number): void {
    const whole = Math.ceil(ms);
    if (whole <= 0) return;
    this.ahead += whole;
    for (const server of this.servers) server.setClock(this.ahead);
    for (const clock of this.clocks) clock.jump(whole);
  }
}
