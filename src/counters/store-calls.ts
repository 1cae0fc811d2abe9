import { isThenable, type MaybePromise } from '../time/maybe-promise.js';
import { DECISION_MS } from './buckets.js';
import { Histogram } from './histogram.js';
import { Tally } from './tally.js';

/** The stores whose calls are counted: Redis itself, and those that an application can replace. */
export const STORE_NAMES = ['redis', 'throttler', 'directory', 'revocations', 'bans', 'tickets'] as const;

export type StoreName = (typeof STORE_NAMES)[number];

/** `refused`: not made, because the store is known to be away. */
export const CALL_OUTCOMES = ['ok', 'failed', 'refused'] as const;

export type CallOutcome = (typeof CALL_OUTCOMES)[number];

/** What is counted of the calls of one store. */
export class CallCounters {
  readonly requests = new Tally(CALL_OUTCOMES);
  /** Milliseconds of calls that were made. */
  readonly duration = new Histogram(DECISION_MS);
}

/** The calls of stores that were waited for. Answers from the memory of this process are not counted. */
export class StoreCalls {
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

  /** Counts a call if its answer comes later. @returns the same answer */
  watch<T>(store: StoreName, answer: MaybePromise<T>): MaybePromise<T> {
    if (!isThenable(answer)) return answer;
    const startedAt = performance.now();
    const end = (outcome: CallOutcome) => (): void =>
      this.ended(store, outcome, performance.now() - startedAt);
    answer.then(end('ok'), end('failed'));
    return answer;
  }
}
