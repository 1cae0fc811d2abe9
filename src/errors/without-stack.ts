/**
 * Makes errors that are thrown for each refusal: nobody looks at where they were thrown, and a stack would cost more than
 * the rest of the refusal.
 */
export function withoutStack<T>(make: () => T): T {
  const limit = suspendStacks();
  try {
    return make();
  } finally {
    restoreStacks(limit);
  }
}

/** For constructors, which cannot call `super()` in a function. @returns what `restoreStacks()` takes */
export function suspendStacks(): number {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  return stackTraceLimit;
}

export function restoreStacks(limit: number): void {
  Error.stackTraceLimit = limit;
}
