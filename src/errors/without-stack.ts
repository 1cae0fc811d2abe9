/**
 * Makes errors that are thrown once for each refusal: nobody looks at where, and a stack would cost more than all the
 * rest of the refusal.
 */
export function withoutStack<T>(make: () => T): T {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return make();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
