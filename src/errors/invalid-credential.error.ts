import { restoreStacks, suspendStacks } from './without-stack.js';

/**
 * A credential is invalid. The reason is only for the operator's log: clients receive the same response for every
 * reason. It has no stack.
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
