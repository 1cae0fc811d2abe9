import type { Clock } from '../../time/clock.js';
import type { RedisPort } from '../link/redis-port.js';
import { EXACT } from './exact.script.js';
import type { ExactWindow } from './exact-window.js';
import type { Waiter } from './waiter.js';

/** A hit that is counted exactly. */
export interface ExactWaiter extends Waiter {
  /** Milliseconds; 0 for none. */
  readonly blockDuration: number;
}

/** Decides each hit by a call, but for those that are known to be refused. */
export class ExactLimiter {
  constructor(
    private readonly clock: Clock,
    private readonly port: RedisPort,
  ) {}

  /** @returns milliseconds to wait when a hit is refused, nothing when it has to wait for a call */
  hit(window: ExactWindow, limit: number, cost: number): number | undefined {
    return window.refusal(this.clock.monotonic(), limit, cost);
  }

  /** @returns false when too many wait for this window */
  wait(window: ExactWindow, waiter: ExactWaiter): boolean {
    if (!window.enqueue(waiter)) return false;
    this.pump(window);
    return true;
  }

  private pump(window: ExactWindow): void {
    for (let waiter = window.next(); waiter; waiter = window.next()) this.call(window, waiter as ExactWaiter);
  }

  private call(window: ExactWindow, waiter: ExactWaiter): void {
    const { key, blockKey, partition, ttl } = window;
    const { limit, blockDuration, cost } = waiter;
    const sentAt = this.clock.monotonic();
    const onAnswer = (reply: unknown): void => {
      const [, wait, block] = reply as [number, number, number];
      window.onAnswer(waiter, sentAt, this.clock.monotonic(), wait, block === 1);
      waiter.settle(wait);
      this.pump(window);
    };
    const onFailed = (): void => {
      waiter.giveUp();
      window.giveUp();
    };
    this.port
      .run(EXACT, partition, [key, blockKey], [limit, ttl, blockDuration, cost])
      .then(onAnswer, onFailed);
  }
}
