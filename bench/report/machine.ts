import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

/** Where a run took place, and how busy it was there before it began. */
export function machine() {
  return {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryMb: Math.round(totalmem() / 2 ** 20),
    loadBefore: loadavg()[0] ?? 0,
  };
}
