/**
 * For what a store does that nobody waits for: one that fails forgets by itself what it holds, and must not end the
 * process.
 */
export function unawaited(work: () => void | Promise<void>): void {
  try {
    const pending = work();
    if (pending instanceof Promise) pending.catch(() => undefined);
  } catch {
    // As if it had failed later.
  }
}
