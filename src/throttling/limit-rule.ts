import type { DeclaredLimit } from './declared-limit.interface.js';

/** How a hit is counted on a budget. */
export interface LimitRule {
  /** Of the throttler; two of them never share a budget. */
  readonly name: string;
  readonly limit: number;
  /** Milliseconds. */
  readonly ttl: number;
  /** Milliseconds. */
  readonly blockDuration: number;
  readonly cost: number;
  /** Undefined where a function of the application says it, or chooses the key. */
  readonly declared: DeclaredLimit | undefined;
}

/** A rule for hits that all cost the same, and block nobody for longer than the window asks. */
export function plainRule(name: string, limit: number, ttl: number): LimitRule {
  const declared = Object.freeze({ limit, ttl, blockDuration: 0, maxCost: 1 });
  return Object.freeze({ name, limit, ttl, blockDuration: 0, cost: 1, declared });
}
