import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

/** The machine of a run, and its load before the run. */
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
