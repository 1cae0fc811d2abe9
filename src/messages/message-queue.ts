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
  private readonly waiting: Entry[] = [];
  private readonly idle: (() => void)[] = [];
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
    this.waiting.push(entry);
    if (this.isPaused || this.waiting.length < this.options.maxQueued) return;
    this.isPaused = true;
    this.control.pause();
  }

  /** Resolves when nothing is served and nothing waits. */
  whenIdle(): Promise<void> {
    if (this.running === 0) return Promise.resolve();
    return new Promise((resolve) => this.idle.push(resolve));
  }

  /** Forgets what has not begun. */
  clear(): void {
    this.waiting.length = 0;
  }

  private start({ job, scope }: Entry): void {
    this.running++;
    void scope.runInAsyncScope(this.serve, this, job).then(this.onDone);
  }

  private readonly serve = (job: Job): Promise<void> => this.control.run(job);

  private readonly onDone = (): void => {
    this.running--;
    const next = this.waiting.shift();
    if (next) this.start(next);
    if (this.running === 0) for (const resolve of this.idle.splice(0)) resolve();
    // Half empty, so that it does not stop and go with each message.
    if (!this.isPaused || this.waiting.length > this.options.maxQueued / 2) return;
    this.isPaused = false;
    this.control.resume();
  };
}
