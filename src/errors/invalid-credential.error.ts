/**
 * A credential did not verify. The reason is for the operator's log; clients see the same answer for every one.
 *
 * @publicApi
 */
export class InvalidCredentialError extends Error {
  override readonly name = 'InvalidCredentialError';
}
