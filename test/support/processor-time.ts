import { existsSync, readFileSync } from 'node:fs';
import type { Service } from './service.js';

const isTold = existsSync('/proc/self/schedstat');
if (!isTold) console.warn('SKIPPED: processor time is not measured, because there is no /proc.');

/** What the event loop of a service has computed so far; nothing else that runs on the machine counts. */
export function processorMs({ process: { pid } }: Service): number {
  if (!isTold) return 0;
  return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
}
