/**
 * What is declared of a budget: the same for every key and on every node, whatever limit holds for a key at the moment.
 * A storage that nodes share may choose by it how it counts.
 *
 * @publicApi
 */
export interface DeclaredLimit {
  /** Hits a window holds. */
  readonly limit: number;
  /** Length of the window, milliseconds. */
  readonly ttl: number;
  /** Milliseconds a key stays refused once it was over the limit; 0 for as long as it is. */
  readonly blockDuration: number;
  /** The highest cost of any event that is counted on the budget. */
  readonly maxCost: number;
}
