import { isThenable } from './is-thenable.js';

/**
 * For what a store does that nobody waits for: one that fails forgets by itself what it holds, and must not end the
 * process.
 */
export function unawaited(work: () => void | PromiseLike<void>): void {
  try {
    const pending = work();
    if (isThenable(pending)) Promise.resolve(pending).catch(() => undefined);
  } catch {
    // As if it had failed later.
  }
}
