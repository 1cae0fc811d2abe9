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
  return race(ms, work, (expire) => {
    const timer = wheel.schedule(ms, expire);
    return () => timer.cancel();
  });
}

/**
 * Like {@link withDeadline}, with a timer of its own, for deadlines that are shorter than the ticks of the timer wheel.
 * The timer does not keep the process alive. A process that was busy at the deadline first reads what has arrived
 * meanwhile: its timers run before its sockets.
 */
export function within<T>(ms: number, work: T | PromiseLike<T>): Promise<T> {
  return race(ms, work, (expire) => {
    let lastChance: NodeJS.Immediate | undefined;
    const timer = setTimeout(() => (lastChance = setImmediate(expire)), ms);
    timer.unref();
    return () => {
      clearTimeout(timer);
      clearImmediate(lastChance);
    };
  });
}

/** @param start starts a timer, and returns what cancels it */
function race<T>(
  ms: number,
  work: T | PromiseLike<T>,
  start: (expire: () => void) => () => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = start(() => reject(new DeadlineExceededError(`no answer within ${ms} ms`)));
    const inTime =
      <V>(settle: (outcome: V) => void) =>
      (outcome: V): void => {
        cancel();
        settle(outcome);
      };
    Promise.resolve(work).then(inTime(resolve), inTime(reject));
  });
}
