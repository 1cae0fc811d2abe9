import type { TestClient } from './test-client.js';

/** Echoes one after the other, every 5 ms, until the work is done. Resolves with the 99th percentile and their number. */
export async function echoesDuring(
  client: TestClient,
  work: Promise<unknown>,
): Promise<{ p99: number; count: number }> {
  const over = new AbortController();
  void work.catch(() => undefined).finally(() => over.abort());
  const durations: number[] = [];
  while (!over.signal.aborted) {
    const started = performance.now();
    expect(await client.request('echo', { text: 'hi' })).toMatchObject({ event: 'echo' });
    durations.push(performance.now() - started);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  durations.sort((a, b) => a - b);
  return { p99: durations[Math.floor(durations.length * 0.99)] ?? Infinity, count: durations.length };
}
