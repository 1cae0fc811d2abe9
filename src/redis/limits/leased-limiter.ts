import type { Clock } from '../../time/clock.js';
import { CallBatches } from '../call-batches.js';
import type { Partition } from '../link/redis-port.js';
import type { GrantCalls } from './grant-calls.js';
import type { GrantRequest, GrantedWindow } from './granted-window.js';
import type { Waiter } from './waiter.js';

/** Redis takes a millisecond or two for so many. A call waits for the one before, so fewer would limit what a node can do. */
const WINDOWS_PER_CALL = 128;
/** Windows that could wait join calls with fewer than this: asked early, they ask more often. */
const SPARE_WINDOWS = 32;
/** 2,000 messages a second on two nodes, of users who are on both, take less than 0.1 calls each with this gap. */
const GAP_MS = 12;
/** How long a node that stops gives back, in milliseconds. */
const GIVE_BACK_MS = 1000;

/** Decides hits from budget that Redis lends to this node, and asks for more, many windows in one call. */
export class LeasedLimiter {
  private readonly batches = new Map<Partition, CallBatches<GrantedWindow>>();
  private lastCall = 0;
  /** Goes up when answers to what was sent before mean nothing any more. */
  private era = 0;

  constructor(
    private readonly clock: Clock,
    private readonly calls: GrantCalls,
  ) {}

  /** As {@link GrantedWindow.hit}. */
  hit(now: number, window: GrantedWindow, limit: number, cost: number): number | undefined {
    const wait = window.hit(now, limit, cost);
    if (wait === 0 && window.isLow(now)) this.batchesOf(window.partition).addSpare(window);
    return wait;
  }

  /** Lets a hit wait for budget. @returns false when too many wait for this window */
  wait(window: GrantedWindow, waiter: Waiter): boolean {
    if (!window.enqueue(waiter)) return false;
    this.batchesOf(window.partition).add(window);
    return true;
  }

  /** The machine was suspended; the windows forget by themselves. */
  forget(): void {
    this.era += 1;
  }

  stop(): void {
    for (const batches of this.batches.values()) batches.stop();
  }

  /**
   * Tells Redis what these windows will not spend any more. Resolves when it was answered, has failed, or takes too
   * long: what was not told only counts until it leaves its window.
   */
  async giveBack(windows: readonly GrantedWindow[], partition: Partition): Promise<void> {
    const now = this.clock.monotonic();
    const reports = windows
      .map((window) => ({ window, ended: window.endAll(now) }))
      .filter(({ ended }) => ended.length > 0);
    const isLate = (): boolean => this.clock.monotonic() - now >= GIVE_BACK_MS;
    for (let i = 0; i < reports.length && !isLate(); i += WINDOWS_PER_CALL) {
      const some = reports.slice(i, i + WINDOWS_PER_CALL);
      const call = {
        number: ++this.lastCall,
        partition,
        windows: some.map(({ window }) => window),
        requests: some.map(({ ended }) => ({ limit: 0, want: 0, need: 0, ended })),
      };
      await new Promise<void>((resolve) =>
        this.calls.send(
          call,
          () => resolve(),
          () => resolve(),
        ),
      );
    }
  }

  private batchesOf(partition: Partition): CallBatches<GrantedWindow> {
    let batches = this.batches.get(partition);
    if (!batches) {
      batches = new CallBatches<GrantedWindow>(this.clock, {
        size: WINDOWS_PER_CALL,
        spareSize: SPARE_WINDOWS,
        gapMs: GAP_MS,
        needsCall: (window) => window.waiters > 0 || window.isLow(this.clock.monotonic()),
        send: (windows, done) => this.send(windows, partition, done),
      });
      this.batches.set(partition, batches);
    }
    return batches;
  }

  private send(windows: readonly GrantedWindow[], partition: Partition, done: () => void): void {
    const sentAt = this.clock.monotonic();
    const requests = windows.map((window) => window.request(sentAt));
    const number = ++this.lastCall;
    const { era } = this;
    this.calls.send(
      { number, partition, windows, requests },
      (reply) => {
        if (era === this.era) this.answer(windows, requests, number, sentAt, reply);
        const batches = this.batchesOf(partition);
        for (const window of windows) if (window.waiters > 0) batches.add(window);
        done();
      },
      (outcome) => {
        windows.forEach((window, i) => {
          if (outcome === 'not-run' && era === this.era) window.takeBack(requests[i] as GrantRequest);
          window.giveUp();
        });
        // What waits behind a call that failed would wait for another deadline.
        for (const window of this.batchesOf(partition).takeWaiting()) window.giveUp();
        done();
      },
    );
  }

  private answer(
    windows: readonly GrantedWindow[],
    requests: readonly GrantRequest[],
    call: number,
    sentAt: number,
    reply: readonly number[],
  ): void {
    const now = this.clock.monotonic();
    windows.forEach((window, i) => {
      const [lent, lifeOrWait] = [reply[2 * i] as number, reply[2 * i + 1] as number];
      window.onAnswer(requests[i] as GrantRequest, call, sentAt, now, lent, lifeOrWait);
    });
  }
}
