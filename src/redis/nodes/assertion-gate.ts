import type { TimerWheel, WheelTimer } from '../../time/timer-wheel.js';
import { notAsked } from '../link/redis-port.js';
import type { LiveNode } from './beat-reply.js';

/** So many may wait; more are refused. */
const MAX_WAITING = 512;

/**
 * Redis may have forgotten places. Until every node that lived has said its own again, nobody can tell how many are
 * taken: who wants one waits.
 */
export class AssertionGate {
  private missing: Set<string> | undefined;
  private findingAt = 0;
  private waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];
  private timer: WheelTimer | undefined;

  constructor(private readonly wheel: TimerWheel) {}

  get isOpen(): boolean {
    return this.missing === undefined;
  }

  /**
   * Closes, also if it is closed already.
   *
   * @param findingAt when it was found out, milliseconds by the server's clock
   * @param nodes to wait for
   * @param maxMs how long to wait for them
   */
  close(findingAt: number, nodes: Iterable<string>, maxMs: number): void {
    this.findingAt = findingAt;
    this.missing = new Set(nodes);
    this.timer?.cancel();
    this.timer = this.wheel.schedule(maxMs, () => this.open());
  }

  /** Waits for these nodes too, if it is closed. */
  expect(nodes: Iterable<string>): void {
    for (const id of nodes) this.missing?.add(id);
  }

  /**
   * A node whose beat is newer than the finding has said its places before it.
   *
   * @param self this node, which beats only after it has
   */
  seen(nodes: readonly LiveNode[], self: string): void {
    if (!this.missing) return;
    for (const { id, beat } of nodes) if (beat > this.findingAt || id === self) this.missing.delete(id);
    if (this.missing.size === 0) this.open();
  }

  /**
   * Undefined when it is open, else a promise that resolves when it opens.
   *
   * @throws RedisUnavailableError as a rejection, when too many wait or the node stops
   */
  pass(): Promise<void> | undefined {
    if (!this.missing) return undefined;
    if (this.waiting.length >= MAX_WAITING) return Promise.reject(notAsked('overloaded'));
    return new Promise((resolve, reject) => this.waiting.push({ resolve, reject }));
  }

  stop(): void {
    this.timer?.cancel();
    const { waiting } = this;
    this.waiting = [];
    for (const { reject } of waiting) reject(notAsked());
  }

  private open(): void {
    this.timer?.cancel();
    this.missing = undefined;
    const { waiting } = this;
    this.waiting = [];
    for (const { resolve } of waiting) resolve();
  }
}
