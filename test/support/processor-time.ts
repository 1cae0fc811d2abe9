import { existsSync, readFileSync } from 'node:fs';
import type { Service } from './service.js';

const isReported = existsSync('/proc/self/schedstat');
if (!isReported) console.warn('SKIPPED: processor time is not measured, because there is no /proc.');

/** The processor time of a service's main thread so far, in milliseconds. 0 where there is no /proc. */
export function processorMs({ process: { pid } }: Service): number {
  if (!isReported) return 0;
  return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
}
