import { restoreStacks, suspendStacks } from './without-stack.js';

/**
 * A credential did not verify. The reason is for the operator's log; clients see the same answer for every one. It has
 * no stack.
 *
 * @publicApi
 */
export class InvalidCredentialError extends Error {
  override readonly name = 'InvalidCredentialError';

  constructor(message?: string, options?: ErrorOptions) {
    const stacks = suspendStacks();
    super(message, options);
    restoreStacks(stacks);
  }
}
