// Imported, because fake timers of a test runner replace the global functions.
import { clearTimeout, setTimeout } from 'node:timers';

/** How long a test waits for a result before it fails, in milliseconds. */
export const DEFAULT_TIMEOUT_MS = 5000;

/**
 * @param story describes what was expected and what happened; called when the time is over
 * @throws Error with the story after `ms`
 */
export async function within<T>(ms: number, awaited: Promise<T>, story: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${story()} (after ${ms} ms)`)), ms);
  });
  try {
    return await Promise.race([awaited, late]);
  } finally {
    clearTimeout(timer);
  }
}
