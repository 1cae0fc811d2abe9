/** A hit, with the rule that holds for it. */
export interface CountedHit {
  readonly key: string;
  /** Milliseconds. */
  readonly ttl: number;
  /** Whole, at least 1. */
  readonly limit: number;
  /** Milliseconds; 0 for none. */
  readonly blockDuration: number;
  /** Of the throttler. */
  readonly name: string;
  /** At most the limit. */
  readonly cost: number;
}
