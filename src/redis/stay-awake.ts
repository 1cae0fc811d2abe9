/**
 * Keeps the process alive until the work is done: the lines to Redis and all timers of the module do not.
 *
 * @param work that is bounded in time
 */
export async function stayingAwake<T>(work: () => Promise<T>): Promise<T> {
  const handle = setInterval(() => undefined, 2 ** 30);
  try {
    return await work();
  } finally {
    clearInterval(handle);
  }
}
