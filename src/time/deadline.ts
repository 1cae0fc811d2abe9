import type { TimerWheel } from './timer-wheel.js';

/** The work did not finish before its deadline. */
export class DeadlineExceededError extends Error {
  override readonly name = 'DeadlineExceededError';
}

/**
 * Returns the result of `work`, or rejects with `DeadlineExceededError` after `ms` milliseconds. Later results and
 * errors are ignored.
 */
export function withDeadline<T>(wheel: TimerWheel, ms: number, work: T | PromiseLike<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = wheel.schedule(ms, () => reject(new DeadlineExceededError(`no answer within ${ms} ms`)));
    const inTime =
      <V>(settle: (outcome: V) => void) =>
      (outcome: V): void => {
        timer.cancel();
        settle(outcome);
      };
    Promise.resolve(work).then(inTime(resolve), inTime(reject));
  });
}
