import type { Clock } from '../time/clock.js';
import type { RedisLink } from './link/redis-link.js';

/**
 * A moment of the server by the wall clock of this process, which dates connections; rather too late than too early.
 *
 * @param at milliseconds by the clock of the server
 */
export function momentOf(at: number, link: RedisLink, clock: Clock): number {
  const offset = link.lowerOffset(link.control);
  if (offset === undefined) return at;
  // The server's time was cut to a whole millisecond.
  return at + 1 - offset + clock.now() - clock.monotonic();
}
