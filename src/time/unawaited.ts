import { isThenable } from './is-thenable.js';

/**
 * For what a store does that nobody waits for: one that fails forgets by itself what it holds, and must not end the
 * process.
 *
 * @param onFailed hears why, now or later
 */
export function unawaited(work: () => void | PromiseLike<void>, onFailed: (error: unknown) => void): void {
  try {
    const pending = work();
    if (isThenable(pending)) Promise.resolve(pending).catch(onFailed);
  } catch (error) {
    onFailed(error);
  }
}
