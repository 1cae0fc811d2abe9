const EVERY_MS = 500;

/** Measures how late the event loop is, from the first question on. */
export class EventLoopWatch {
  private timer: NodeJS.Timeout | undefined;
  private due = 0;
  private lastMs = 0;

  /** @param everyMs the time between two measurements */
  constructor(private readonly everyMs = EVERY_MS) {}

  /** How late the last timer ran, or the next one already is, in milliseconds. */
  get latenessMs(): number {
    this.timer ??= this.start();
    return Math.max(this.lastMs, performance.now() - this.due, 0);
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.lastMs = 0;
  }

  private start(): NodeJS.Timeout {
    this.due = performance.now() + this.everyMs;
    return setInterval(() => {
      const now = performance.now();
      this.lastMs = now - this.due;
      this.due = now + this.everyMs;
    }, this.everyMs).unref();
  }
}
