// Imported, because fake timers of a test runner replace the global functions.
import { clearTimeout, setTimeout } from 'node:timers';

/** Milliseconds until a wait fails: before the test itself does, which may take 5000 with Jest and Vitest. */
export const DEFAULT_TIMEOUT_MS = 4000;

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
