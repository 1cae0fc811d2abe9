/**
 * A credential did not verify. The reason is for the operator's log; clients see the same answer for every one. It has
 * no stack.
 *
 * @publicApi
 */
export class InvalidCredentialError extends Error {
  override readonly name = 'InvalidCredentialError';

  constructor(message?: string, options?: ErrorOptions) {
    const { stackTraceLimit } = Error;
    // As many are made as somebody guesses, and nobody looks at where.
    Error.stackTraceLimit = 0;
    super(message, options);
    Error.stackTraceLimit = stackTraceLimit;
  }
}
