/** An answer that is there at once, or later. @publicApi */
export type MaybePromise<T> = T | PromiseLike<T>;

/** Whether an answer is still to come: from a native promise, or from a library's own. */
export function isThenable<T>(answer: MaybePromise<T>): answer is PromiseLike<T> {
  return typeof answer === 'object' && answer !== null && 'then' in answer;
}

/**
 * For what a store does that nobody waits for: one that fails forgets by itself what it holds, and must not end the
 * process.
 *
 * @param onFailed hears why, now or later
 */
export function unawaited(work: () => MaybePromise<void>, onFailed: (error: unknown) => void): void {
  try {
    const pending = work();
    if (isThenable(pending)) Promise.resolve(pending).catch(onFailed);
  } catch (error) {
    onFailed(error);
  }
}
