/** There was no answer in time. */
export class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

/**
 * The result of `work`, or a rejection with `TimeoutError` after `ms` milliseconds; what comes later is ignored. The
 * timer is one of its own, for deadlines shorter than the ticks of the timer wheel.
 */
export function within<T>(ms: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new TimeoutError(`no answer within ${ms} ms`)), ms);
    // What is waited for keeps the process alive itself.
    timer.unref();
    const inTime =
      <V>(settle: (outcome: V) => void) =>
      (outcome: V): void => {
        clearTimeout(timer);
        settle(outcome);
      };
    work.then(inTime(resolve), inTime(reject));
  });
}
