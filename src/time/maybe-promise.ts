/** A result that is available now or later. @publicApi */
export type MaybePromise<T> = T | PromiseLike<T>;

/** Whether a result is a promise, native or from a library. */
export function isThenable<T>(answer: MaybePromise<T>): answer is PromiseLike<T> {
  return typeof answer === 'object' && answer !== null && 'then' in answer;
}

/**
 * Runs work of a store whose result is not awaited. A failure must not end the process, and a store releases by
 * itself what it holds.
 *
 * @param onFailed receives the error, synchronously or later
 */
export function unawaited(work: () => MaybePromise<void>, onFailed: (error: unknown) => void): void {
  try {
    const pending = work();
    if (isThenable(pending)) Promise.resolve(pending).catch(onFailed);
  } catch (error) {
    onFailed(error);
  }
}
