/** A hit that cannot be decided at once. */
export interface Waiter {
  readonly cost: number;
  /** The limit that holds for it. */
  readonly limit: number;
  /** @param wait 0 when it is accepted, else milliseconds until one has a chance */
  settle(wait: number): void;
  /** Redis did not decide about it. */
  giveUp(): void;
}

/** The most hits that wait for one window. More are refused. */
export const MOST_WAITING = 1000;
/** What they are told to wait, milliseconds. */
export const CROWDED_WAIT_MS = 250;
