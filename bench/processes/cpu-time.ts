import { readFileSync } from 'node:fs';

// Linux reports hundredths of a second to user space, whatever the kernel's own tick is.
const TICK_MICROSECONDS = 10_000;

/** CPU microseconds of a process without IPC. Linux only. */
export function cpuTimeOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name in parentheses may contain any character. utime and stime are the 12th and 13th fields after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MICROSECONDS;
}
