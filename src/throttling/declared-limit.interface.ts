/**
 * The declared limits of a budget. They are the same for every key and on every node, even if the current limit of a
 * key differs. A storage that nodes share can choose its algorithm by them.
 *
 * @publicApi
 */
export interface DeclaredLimit {
  /** Hits per window. */
  readonly limit: number;
  /** The length of the window in milliseconds. */
  readonly ttl: number;
  /**
   * The milliseconds for which a key is blocked after it exceeded the limit; 0 blocks only while the window is full.
   */
  readonly blockDuration: number;
  /** The highest cost of all events that share the budget. */
  readonly maxCost: number;
}
