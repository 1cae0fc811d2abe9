let last = 0;

/** A number for each push, so that one with many receivers is counted once. */
export function nextPushNumber(): number {
  return ++last;
}
