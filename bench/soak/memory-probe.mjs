/*
 * Loaded into the service before everything else: on SIGUSR2 it collects garbage and prints what the process holds, so
 * that a baseline is one.
 */
process.on('SIGUSR2', () => {
  for (let i = 0; i < 3; i++) globalThis.gc?.();
  const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
  process.stdout.write(`soak-memory ${JSON.stringify({ rss, heapUsed, external, arrayBuffers })}\n`);
});
