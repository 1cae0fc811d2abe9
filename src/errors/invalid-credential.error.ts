import type { CredentialCheck, VerifierRefusal } from './credential-check.js';
import { restoreStacks, suspendStacks } from './without-stack.js';

/** The details of a refused credential, for the operator. They must not contain a value of the credential. @publicApi */
export interface InvalidCredentialOptions extends ErrorOptions {
  /** The check that failed; by default `rejected`. */
  check?: CredentialCheck;
  /** What is configured, if the check compares the credential with that. */
  expected?: string | undefined;
  /** The verifiers that were asked. */
  verifiers?: readonly VerifierRefusal[];
}

/**
 * A credential is invalid. The reason is only for the operator's log: clients receive the same response for every
 * reason. It has no stack.
 *
 * @publicApi
 */
export class InvalidCredentialError extends Error {
  override readonly name = 'InvalidCredentialError';
  readonly check: CredentialCheck;
  readonly expected: string | undefined;
  /** Each verifier that was asked, with its own check. Empty if the application verifies by itself. */
  readonly verifiers: readonly VerifierRefusal[];

  constructor(
    message?: string,
    { check = 'rejected', expected, verifiers = [], ...options }: InvalidCredentialOptions = {},
  ) {
    const stacks = suspendStacks();
    super(message, options);
    restoreStacks(stacks);
    this.check = check;
    this.expected = expected;
    this.verifiers = verifiers;
  }
}
