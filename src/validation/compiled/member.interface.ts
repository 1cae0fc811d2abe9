/** One property of a compiled class. */
export interface Member {
  readonly name: string;

  /**
   * @param given as it came
   * @returns what the instance gets, when its rules hold beyond doubt; undefined otherwise, as JSON has no such value
   */
  take(given: unknown): unknown;

  /** Whether the property may stay as it is on a new instance: missing, or what its initialiser made. */
  mayStay(initial: unknown): boolean;
}
