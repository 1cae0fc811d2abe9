import { Clock } from '../../../src/time/clock.js';
import type { VirtualTime } from './virtual-time.js';

/** A process: it can stand still for a while, and end. What is due meanwhile runs when it goes on, in its order. */
export class VirtualProcess extends Clock {
  private missed: (() => void)[] = [];
  private isFrozen = false;
  private frozenUntil = 0;
  isDead = false;

  /** @param start what its monotonic clock shows at the beginning */
  constructor(
    readonly time: VirtualTime,
    private readonly start = 0,
  ) {
    super();
  }

  now(): number {
    return this.time.now;
  }

  monotonic(): number {
    return this.start + this.time.now;
  }

  every(ms: number, tick: () => void): () => void {
    const timer = { runs: true };
    const next = (): void => {
      this.after(ms, () => {
        if (!timer.runs) return;
        tick();
        if (timer.runs) next();
      });
    };
    next();
    return () => void (timer.runs = false);
  }

  after(ms: number, run: () => void): void {
    this.time.after(ms, () => this.run(run));
  }

  /** Runs now, or when it stands still no more. */
  run(run: () => void): void {
    if (this.isDead) return;
    if (this.isFrozen) this.missed.push(run);
    else run();
  }

  freeze(ms: number): void {
    this.isFrozen = true;
    this.frozenUntil = Math.max(this.frozenUntil, this.time.now + ms);
    this.time.at(this.frozenUntil, () => this.thaw());
  }

  private thaw(): void {
    if (!this.isFrozen || this.time.now < this.frozenUntil) return;
    this.isFrozen = false;
    const { missed } = this;
    this.missed = [];
    for (const run of missed) this.run(run);
  }
}
