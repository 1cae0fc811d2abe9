const TICK_MS = 1;

/**
 * Calls `send` so many times a second, several times in a row when that many are due.
 *
 * @returns how often it was called
 */
export function paced(perSecond: number, durationMs: number, send: (n: number) => void): Promise<number> {
  const total = Math.round((perSecond * durationMs) / 1000);
  const started = performance.now();
  let sent = 0;
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      const due = Math.min(total, Math.floor(((performance.now() - started) / 1000) * perSecond));
      while (sent < due) send(sent++);
      if (sent < total) return;
      clearInterval(timer);
      resolve(total);
    }, TICK_MS);
  });
}
