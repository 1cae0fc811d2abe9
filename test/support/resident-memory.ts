import { existsSync, readFileSync } from 'node:fs';
import type { Service } from './service.js';

export const hasProc = existsSync('/proc/self/status');
if (!hasProc) console.warn('SKIPPED: memory under flood is not measured, because there is no /proc.');

export function residentMb({ process: { pid } }: Service): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kib) / 1024;
}
