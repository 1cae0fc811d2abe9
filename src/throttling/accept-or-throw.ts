import { RateLimitedException } from '../errors/ws-exceptions.js';

/**
 * Converts the wait of a message to the result of a guard.
 *
 * @param wait milliseconds until a hit can be accepted; 0 if this one was
 * @throws RateLimitedException if there is a wait
 */
export function acceptOrThrow(wait: number): true {
  if (wait > 0) throw new RateLimitedException(wait);
  return true;
}
