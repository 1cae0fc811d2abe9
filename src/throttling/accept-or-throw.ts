import { RateLimitedException } from '../errors/ws-exceptions.js';

/**
 * Turns the wait of a message into the answer of a guard.
 *
 * @param wait milliseconds until a hit will be accepted; 0 when this one was
 * @throws RateLimitedException when there is a wait
 */
export function acceptOrThrow(wait: number): true {
  if (wait > 0) throw new RateLimitedException(wait);
  return true;
}
