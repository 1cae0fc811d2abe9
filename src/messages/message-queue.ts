import { AsyncResource } from 'node:async_hooks';
import type { ResolvedOptions } from '../options/options.schema.js';
import type { Job } from './message.dispatcher.js';

export type QueueOptions = Pick<ResolvedOptions, 'maxInFlight' | 'maxQueued'>;

/** What the queue does not do itself. */
export interface QueueControl {
  /** Serves a message; never rejects. */
  run(job: Job): Promise<void>;
  /** Nothing more may come in for now, or may again. */
  pause(): void;
  resume(): void;
}

interface Entry {
  readonly job: Job;
  /** What a handler leaves in its context (AsyncLocalStorage) is not found by the next one. */
  readonly scope: AsyncResource;
}

/**
 * So many handlers of a connection at once, the others wait their turn. When too many wait, the client is made to, by
 * TCP: nothing is dropped.
 */
export class MessageQueue {
  // Made when they are needed: most connections wait for nothing, and many never send.
  private waiting: Entry[] | undefined;
  private idle: (() => void)[] | undefined;
  private onDone: (() => void) | undefined;
  private running = 0;
  private isPaused = false;

  constructor(
    private readonly options: QueueOptions,
    private readonly control: QueueControl,
  ) {}

  add(job: Job): void {
    const entry = { job, scope: new AsyncResource('WsMessage') };
    if (this.running < this.options.maxInFlight) {
      this.start(entry);
      return;
    }
    const waiting = (this.waiting ??= []);
    waiting.push(entry);
    if (this.isPaused || waiting.length < this.options.maxQueued) return;
    this.isPaused = true;
    this.control.pause();
  }

  /** Resolves when nothing is served and nothing waits. */
  whenIdle(): Promise<void> {
    if (this.running === 0) return Promise.resolve();
    return new Promise((resolve) => (this.idle ??= []).push(resolve));
  }

  /** Forgets what has not begun. */
  clear(): void {
    this.waiting = undefined;
  }

  private start({ job, scope }: Entry): void {
    this.running++;
    this.onDone ??= () => this.done();
    void scope.runInAsyncScope(serve, this.control, job).then(this.onDone);
  }

  private done(): void {
    this.running--;
    const next = this.waiting?.shift();
    if (next) this.start(next);
    if (this.running === 0) this.tellIdle();
    // Half empty, so that it does not stop and go with each message.
    if (!this.isPaused || (this.waiting?.length ?? 0) > this.options.maxQueued / 2) return;
    this.isPaused = false;
    this.control.resume();
  }

  private tellIdle(): void {
    const { idle } = this;
    this.idle = undefined;
    for (const resolve of idle ?? []) resolve();
  }
}

function serve(this: QueueControl, job: Job): Promise<void> {
  return this.run(job);
}
