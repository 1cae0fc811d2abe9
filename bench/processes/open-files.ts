import { readFileSync } from 'node:fs';

// What Node, its libraries and IPC have open themselves.
const RESERVE = 200;

/** How many sockets one process may have open. Node raises its soft limit to the hard one when it starts. */
export function maxSockets(): number {
  try {
    const hard = /^Max open files +\S+ +(\d+|unlimited)/m.exec(
      readFileSync('/proc/self/limits', 'utf8'),
    )?.[1];
    return hard === undefined || hard === 'unlimited' ? Infinity : Number(hard) - RESERVE;
  } catch {
    // Without /proc nothing is known; the common default of other systems is large enough for half of it.
    return 4000;
  }
}
