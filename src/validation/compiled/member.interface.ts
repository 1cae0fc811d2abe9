/** One property of a compiled class. */
export interface Member {
  readonly name: string;

  /**
   * @param given the value as it was sent
   * @returns the value for the instance if it is certainly valid; undefined otherwise, since JSON has no undefined
   */
  take(given: unknown): unknown;

  /**
   * Whether a property that was not sent may keep its state on a new instance: missing, or the value of its
   * initializer.
   */
  mayStay(initial: unknown): boolean;
}
