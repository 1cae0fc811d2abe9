import { isThenable, type MaybePromise } from '../time/maybe-promise.js';
import { DECISION_MS } from './buckets.js';
import { Histogram } from './histogram.js';
import { Tally } from './tally.js';

/** The stores whose calls are counted: Redis itself, and those that an application can replace. */
export const STORE_NAMES = [
  'redis',
  'throttler',
  'directory',
  'revocations',
  'bans',
  'tickets',
  'bus',
  'sessions',
] as const;

export type StoreName = (typeof STORE_NAMES)[number];

/** `refused`: not made, because the store is known to be away. */
export const CALL_OUTCOMES = ['ok', 'failed', 'refused'] as const;

export type CallOutcome = (typeof CALL_OUTCOMES)[number];

/** Is told how calls end, those that are answered at once too. */
export interface StoreWatcher {
  works(store: StoreName): void;
  failed(store: StoreName, error: unknown): void;
}

/** What is counted of the calls of one store. */
export class CallCounters {
  readonly requests = new Tally(CALL_OUTCOMES);
  /** Milliseconds of calls that were made. */
  readonly duration = new Histogram(DECISION_MS);
}

/** The calls of stores that were waited for. Answers from the memory of this process are not counted. */
export class StoreCalls {
  watcher: StoreWatcher | undefined;
  private readonly calls = new Map(STORE_NAMES.map((name) => [name, new CallCounters()]));

  [Symbol.iterator](): IterableIterator<[store: StoreName, counters: CallCounters]> {
    return this.calls.entries();
  }

  /** A call has ended. @param ms how long it took; undefined if it was not made */
  ended(store: StoreName, outcome: CallOutcome, ms?: number): void {
    const counters = this.calls.get(store);
    counters?.requests.add(outcome);
    if (ms !== undefined) counters?.duration.observe(ms);
  }

  /** Calls a store, counts the call if its answer comes later, and tells the watcher. @returns the answer */
  ask<T>(store: StoreName, call: () => MaybePromise<T>): MaybePromise<T> {
    const { watcher } = this;
    try {
      const answer = call();
      if (isThenable(answer)) this.follow(store, answer, watcher);
      else watcher?.works(store);
      return answer;
    } catch (error) {
      watcher?.failed(store, error);
      throw error;
    }
  }

  /** Counts a call if its answer comes later. @returns the same answer */
  watch<T>(store: StoreName, answer: MaybePromise<T>): MaybePromise<T> {
    if (isThenable(answer)) this.follow(store, answer, undefined);
    return answer;
  }

  private follow(store: StoreName, answer: PromiseLike<unknown>, watcher: StoreWatcher | undefined): void {
    const startedAt = performance.now();
    const works = (): void => {
      this.ended(store, 'ok', performance.now() - startedAt);
      watcher?.works(store);
    };
    const failed = (error: unknown): void => {
      this.ended(store, 'failed', performance.now() - startedAt);
      watcher?.failed(store, error);
    };
    answer.then(works, failed);
  }
}
