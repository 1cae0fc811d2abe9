/*
 * Loaded into the service before its own code. On SIGUSR2 it collects garbage and prints the memory of the process, so
 * that measurements are comparable.
 */
process.on('SIGUSR2', () => {
  for (let i = 0; i < 3; i++) globalThis.gc?.();
  const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
  process.stdout.write(`soak-memory ${JSON.stringify({ rss, heapUsed, external, arrayBuffers })}\n`);
});
