/**
 * Creates an error without a stack. A stack would cost more than the rest of a refusal.
 */
export function withoutStack<T>(make: () => T): T {
  const limit = suspendStacks();
  try {
    return make();
  } finally {
    restoreStacks(limit);
  }
}

/** For constructors, which cannot call `super()` in a function. @returns the argument for `restoreStacks()` */
export function suspendStacks(): number {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  return stackTraceLimit;
}

export function restoreStacks(limit: number): void {
  Error.stackTraceLimit = limit;
}
