import { AsyncResource } from 'node:async_hooks';
import type { ResolvedOptions } from '../options/options.schema.js';

export type QueueOptions = Pick<ResolvedOptions, 'maxInFlight' | 'maxQueued'>;

/** The operations that the queue needs from its connection. */
export interface QueueControl<Job> {
  /**
   * Runs the handler of a message; never throws or rejects.
   *
   * @param hasWaited whether the message has waited for other handlers
   * @returns a promise if the handler is not done yet
   */
  run(job: Job, hasWaited: boolean): Promise<void> | void;
  /** Too many messages wait: stops and resumes reading from the client. */
  hold(): void;
  release(): void;
}

interface Entry<Job> {
  readonly job: Job;
  readonly scope: AsyncResource;
}

/**
 * Limits the number of handlers that run at the same time for a connection; other messages wait. If too many wait,
 * reading stops, and TCP slows down the client. No message is dropped.
 */
export class MessageQueue<Job> {
  // Created when needed: on most connections no message waits, and many clients never send.
  private waiting: Entry<Job>[] | undefined;
  private idle: (() => void)[] | undefined;
  private onDone: (() => void) | undefined;
  private running = 0;
  private isPaused = false;

  constructor(
    private readonly options: QueueOptions,
    private readonly control: QueueControl<Job>,
  ) {}

  add(job: Job): void {
    // Keeps the context (AsyncLocalStorage) of handlers separate.
    const scope = new AsyncResource('WsMessage');
    if (this.running < this.options.maxInFlight) {
      this.start(job, scope, false);
      return;
    }
    const waiting = (this.waiting ??= []);
    waiting.push({ job, scope });
    if (this.isPaused || waiting.length < this.options.maxQueued) return;
    this.isPaused = true;
    this.control.hold();
  }

  /** Handlers that run, and messages that wait for one. */
  get load(): { readonly inFlight: number; readonly queued: number } {
    return { inFlight: this.running, queued: this.waiting?.length ?? 0 };
  }

  /** Resolves when no handler runs and no message waits. */
  whenIdle(): Promise<void> {
    if (this.running === 0) return Promise.resolve();
    return new Promise((resolve) => (this.idle ??= []).push(resolve));
  }

  /** Drops the messages whose handlers have not started. */
  clear(): void {
    this.waiting = undefined;
  }

  private start(job: Job, scope: AsyncResource, hasWaited: boolean): void {
    this.running++;
    const pending = scope.runInAsyncScope(serve<Job>, this.control, job, hasWaited);
    if (!pending) {
      this.leave();
      return;
    }
    this.onDone ??= () => this.done();
    void pending.then(this.onDone);
  }

  private done(): void {
    this.leave();
    // A loop, because a handler may be done at once.
    while (this.running < this.options.maxInFlight) {
      const next = this.waiting?.shift();
      if (!next) break;
      this.start(next.job, next.scope, true);
    }
    // Resumes when the queue is half empty, so that it does not pause and resume with each message.
    if (!this.isPaused || (this.waiting?.length ?? 0) > this.options.maxQueued / 2) return;
    this.isPaused = false;
    this.control.release();
  }

  private leave(): void {
    this.running--;
    if (this.running === 0 && !this.waiting?.length) this.resolveIdle();
  }

  private resolveIdle(): void {
    const { idle } = this;
    this.idle = undefined;
    for (const resolve of idle ?? []) resolve();
  }
}

function serve<Job>(this: QueueControl<Job>, job: Job, hasWaited: boolean): Promise<void> | void {
  return this.run(job, hasWaited);
}
