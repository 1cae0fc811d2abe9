import { readFileSync } from 'node:fs';

// Files that Node, its libraries and IPC have open.
const RESERVE = 200;

/** The number of sockets that one process may have open. Node raises its soft limit to the hard one at start. */
export function maxSockets(): number {
  try {
    const hard = /^Max open files +\S+ +(\d+|unlimited)/m.exec(
      readFileSync('/proc/self/limits', 'utf8'),
    )?.[1];
    return hard === undefined || hard === 'unlimited' ? Infinity : Number(hard) - RESERVE;
  } catch {
    // Without /proc the limit is unknown. This is safe with the usual defaults of other systems.
    return 4000;
  }
}
