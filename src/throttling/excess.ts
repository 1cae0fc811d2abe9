import { RateLimitedException } from '../errors/ws-exceptions.js';
import type { RefusalDetails } from '../errors/ws-security.exception.js';

/** A message over a limit. */
export interface Excess {
  /** Milliseconds until a message can be accepted, more than 0. */
  readonly waitMs: number;
  /** The name of the throttler. */
  readonly throttler: string;
  readonly limit: number;
  /** Milliseconds. */
  readonly ttl: number;
}

/**
 * Converts the count of a message to the result of a guard.
 *
 * @throws RateLimitedException if the message is over a limit
 */
export function acceptOrThrow(excess: Excess | null): true {
  if (excess) throw new RateLimitedException(excess.waitMs, ruleOf(excess), limitOf(excess));
  return true;
}

/** The limit as security events describe it. */
export function limitOf({ throttler, limit, ttl }: Omit<Excess, 'waitMs'>): RefusalDetails {
  return { throttler, limit, ttl_ms: ttl };
}

/** The limit as security events name it. */
export function ruleOf({ throttler }: Pick<Excess, 'throttler'>): string {
  let rule = rules.get(throttler);
  if (rule === undefined) rules.set(throttler, (rule = `throttler ${throttler}`));
  return rule;
}

/** The throttlers are configured. A new string for each message would have to be compared with the last one. */
const rules = new Map<string, string>();
