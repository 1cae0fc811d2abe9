import { readFileSync } from 'node:fs';

// Linux counts in hundredths of a second for user space, whatever the kernel's own tick is.
const TICK_MICROSECONDS = 10_000;

/** Microseconds of CPU that a process which cannot be asked has used; Linux only. */
export function cpuTimeOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name in parentheses may hold anything; utime and stime are the 12th and 13th field after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MICROSECONDS;
}
