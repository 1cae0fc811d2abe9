import type { TimerWheel } from './timer-wheel.js';

/** The work took longer than it may. */
export class DeadlineExceededError extends Error {
  override readonly name = 'DeadlineExceededError';
}

/**
 * The result of `work`, or a rejection with `DeadlineExceededError` after `ms` milliseconds. What comes later is
 * ignored, failures included.
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
