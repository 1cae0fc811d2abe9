import type { DeclaredLimit } from './declared-limit.interface.js';

/** The limit under which a hit is counted. */
export interface LimitRule {
  /** The name of the throttler. Two throttlers never share a budget. */
  readonly name: string;
  readonly limit: number;
  /** Milliseconds. */
  readonly ttl: number;
  /** Milliseconds. */
  readonly blockDuration: number;
  readonly cost: number;
  /** Undefined if a function of the application determines the limit or the key. */
  readonly declared: DeclaredLimit | undefined;
}

/** A rule without a block, for hits that all cost the same. */
export function plainRule(name: string, limit: number, ttl: number): LimitRule {
  const declared = Object.freeze({ limit, ttl, blockDuration: 0, maxCost: 1 });
  return Object.freeze({ name, limit, ttl, blockDuration: 0, cost: 1, declared });
}

/** The limit as security events name it. */
export function limitOf({ name, limit, ttl }: LimitRule): {
  throttler: string;
  limit: number;
  ttl_ms: number;
} {
  return { throttler: name, limit, ttl_ms: ttl };
}
