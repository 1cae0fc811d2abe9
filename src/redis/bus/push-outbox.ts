import { PushTooLargeError } from '../../errors/push-too-large.error.js';
import { OverloadedException } from '../../errors/ws-exceptions.js';
import type { Broadcast } from '../../nodes/broadcast-bus.js';
import type { Clock } from '../../time/clock.js';
import { notAsked, type RedisPort, RedisUnavailableError } from '../link/redis-port.js';
import type { OutagePolicy } from '../outage-policy.js';
import { Nap } from '../streams/nap.js';
import type { StreamWriter } from '../streams/stream-writer.js';
import { lineOf } from './batch-text.js';
import { PushBuffer, type WaitingPush } from './push-buffer.js';

const KEEP_MS = 5000;
/** Milliseconds between the starts of two batches, while pushes come faster than that. */
const GAP_MS = 32;
/** So many batches of one push are made without a pause before it is tried whether they can be gathered. */
const BURST = 10;
const MOST_OF_PUSH = 512 * 1024;
const RETRY_AFTER_MS = 1000;
/** The kind of an entry that is a batch of pushes. */
export const PUSHES = 'p';

interface Batch {
  readonly pushes: readonly WaitingPush[];
  /** The number of its entry. */
  readonly n: number;
  /** Whether its senders were told already how it ended. */
  isSettled: boolean;
}

export interface OutboxListener {
  /** Redis is away: pushes are for this node alone. */
  onLocal(broadcasts: readonly Broadcast[]): void;
  /** They were given up, and may have been stored all the same: the number of their entry. */
  onGivenUp(n: number): void;
  /** Pushes are stored again. */
  onStored(): void;
}

/**
 * Pushes on their way to Redis: one batch is under way at a time, and what comes meanwhile is the next one. A batch costs
 * every node far more than a push in it. So when pushes come fast, a batch waits a little for more of them. That they do
 * shows in a batch of several, or in many batches within a short time. A sender that waits for each push before the next
 * one makes many batches too, but nothing is gathered then, and it goes on without pauses.
 */
export class PushOutbox {
  private readonly buffer = new PushBuffer();
  private sending: Batch | undefined;
  private isBusy = false;
  /** When the next batch may start, unless it is full before. */
  private nextAt = -Infinity;
  private readonly nap: Nap;
  /** Whether pushes were given up since the last one was stored. */
  private isFallen = false;
  private isStopped = false;

  constructor(
    private readonly port: RedisPort,
    private readonly clock: Clock,
    private readonly writer: StreamWriter,
    private readonly policy: OutagePolicy,
    private readonly listener: OutboxListener,
  ) {
    this.nap = new Nap(clock);
  }

  /**
   * @returns once it is stored
   * @throws OverloadedException when too much waits, or Redis is away and the policy is to refuse
   * @throws RangeError when it is too large
   */
  publish(broadcast: Broadcast): Promise<void> {
    const line = lineOf(broadcast);
    const bytes = Buffer.byteLength(line);
    if (bytes > MOST_OF_PUSH)
      return Promise.reject(
        new PushTooLargeError(`A push of ${bytes} bytes is too large: ${MOST_OF_PUSH} at most`),
      );
    return new Promise((resolve, reject) => {
      const push = { broadcast, line, bytes, since: this.clock.monotonic(), resolve, reject };
      if (this.isStopped) reject(overloaded());
      else if (this.isFallen && !this.isReachable && this.isIdle) this.fallBack([push]);
      else if (this.buffer.isCrowded(push)) reject(overloaded());
      else if (!this.buffer.isFull(push)) this.queue(push);
      else if (!this.writer.isFailing || this.isReachable) reject(overloaded());
      else {
        this.giveUpAll();
        this.fallBack([push]);
      }
    });
  }

  /** An entry of this node was read, so it is stored, also when its answer is lost. */
  seen(n: number): void {
    const { sending } = this;
    if (sending?.n !== n || sending.isSettled) return;
    sending.isSettled = true;
    for (const { resolve } of sending.pushes) resolve();
    this.writer.giveUp();
  }

  /** Refuses what waits, and all that comes. */
  stop(): void {
    this.isStopped = true;
    this.writer.giveUp();
    this.nap.wake();
    for (const { reject } of this.buffer.takeAll()) reject(overloaded());
  }

  private get isReachable(): boolean {
    return this.port.isReachable(this.port.control);
  }

  /** Whether nothing is tried to be stored that would come before a push. */
  private get isIdle(): boolean {
    return this.buffer.isEmpty && (!this.sending || this.sending.isSettled);
  }

  private queue(push: WaitingPush): void {
    this.buffer.add(push);
    if (!this.isBusy) void this.sendAll();
    else if (!this.sending && this.buffer.hasFullBatch) this.nap.wake();
  }

  private async sendAll(): Promise<void> {
    this.isBusy = true;
    while (!this.buffer.isEmpty) {
      const hasRested = await this.gather();
      // They were given up meanwhile.
      if (this.buffer.isEmpty) break;
      const batch = { pushes: this.buffer.takeBatch(), n: this.writer.nextNumber, isSettled: false };
      this.sending = batch;
      this.nextAt = this.nextStart(batch.pushes.length > 1, hasRested);
      const failure = await this.failureOf(batch);
      this.buffer.release(batch.pushes);
      if (!failure) this.stored(batch);
      else this.failed(batch, failure.reason);
      this.sending = undefined;
    }
    this.isBusy = false;
  }

  /** @returns whether the batch has waited for more */
  private async gather(): Promise<boolean> {
    const restMs = this.nextAt - this.clock.monotonic();
    if (restMs <= 0 || this.buffer.hasFullBatch) return false;
    await this.nap.rest(restMs);
    return true;
  }

  /** When the batch after the one that starts now may start. */
  private nextStart(hasSeveral: boolean, hasRested: boolean): number {
    const now = this.clock.monotonic();
    if (hasSeveral) return now + GAP_MS;
    if (hasRested) return -Infinity;
    return Math.max(this.nextAt, now - BURST * GAP_MS) + GAP_MS;
  }

  private async failureOf({ pushes }: Batch): Promise<{ reason: unknown } | undefined> {
    const keepMs = (pushes[0] as WaitingPush).since + KEEP_MS - this.clock.monotonic();
    if (!this.writer.isInTime(keepMs)) return { reason: notAsked('timeout') };
    try {
      await this.writer.write([[PUSHES, pushes.map(({ line }) => line).join('\n')]], keepMs, true);
      return undefined;
    } catch (reason) {
      return { reason };
    }
  }

  private stored({ pushes, isSettled }: Batch): void {
    this.isFallen = false;
    this.listener.onStored();
    if (!isSettled) for (const { resolve } of pushes) resolve();
  }

  private failed({ pushes, n, isSettled }: Batch, reason: unknown): void {
    if (isSettled) return;
    const isAway = reason instanceof RedisUnavailableError;
    if (isAway && reason.outcome === 'unknown') this.listener.onGivenUp(n);
    if (!isAway) for (const { reject } of pushes) reject(reason);
    // It was not their turn in time, though others were stored: too much is pushed.
    else if (!this.writer.isFailing && this.isReachable)
      for (const { reject } of pushes) reject(overloaded());
    else this.fallBack(pushes);
    if (isAway && !this.isReachable) this.giveUpWaiting();
  }

  /** Also what is under way, so that the order stays. */
  private giveUpAll(): void {
    const { sending } = this;
    if (sending && !sending.isSettled) {
      sending.isSettled = true;
      this.listener.onGivenUp(sending.n);
      this.fallBack(sending.pushes);
      this.writer.giveUp();
    }
    this.giveUpWaiting();
  }

  private giveUpWaiting(): void {
    const pushes = this.buffer.takeAll();
    this.buffer.release(pushes);
    this.fallBack(pushes);
  }

  private fallBack(pushes: readonly WaitingPush[]): void {
    if (pushes.length === 0) return;
    this.isFallen = true;
    if (this.policy === 'deny') {
      for (const { reject } of pushes) reject(overloaded());
      return;
    }
    this.listener.onLocal(pushes.map(({ broadcast }) => broadcast));
    for (const { resolve } of pushes) resolve();
  }
}

function overloaded(): OverloadedException {
  return new OverloadedException(RETRY_AFTER_MS);
}
