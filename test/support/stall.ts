import { setTimeout as after } from 'node:timers/promises';
import type { ManualClock } from './manual-clock.js';

/**
 * Advances the clock as if the process had not run for so long. Its timers come first: what `meanwhile()` sends has
 * arrived, but has not been read.
 */
export async function stall(clock: ManualClock, ms: number, meanwhile: () => void): Promise<void> {
  // Node does not read from sockets between its timers and the end of this function.
  await after(1);
  meanwhile();
  clock.jump(ms);
  clock.advance(100);
}
