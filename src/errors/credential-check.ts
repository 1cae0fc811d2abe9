/**
 * The checks of a credential that can fail, in the order in which they are made.
 *
 * - `rejected`: a verifier or a mapper of the application refuses it and names no check
 * - `no-verifier`: no verifier is configured for this kind of credential
 * - `too-long`: longer than {@link MAX_TOKEN_BYTES}
 * - `malformed`: empty, not a JWS, or with header parameters or claims that cannot be read
 * - `algorithm`, `type`, `issuer`, `audience`: not one of those that are expected
 * - `unknown-key`: no key of the issuer, or no API key, fits
 * - `signature`: no key verifies it
 * - `ticket`: unknown, used or expired ticket
 * - `inactive`: the authorization server does not call the token active (RFC 7662 §2.2)
 * - `subject`: no `sub`
 * - `not-yet-valid`: `nbf` or `iat` is in the future
 * - `no-expiry`: no `exp`
 * - `expired`: `exp` has passed
 * - `proof`: bound to a key (`cnf`) that the client has not proved to have
 * - `revoked`: revoked before it expired
 *
 * @publicApi
 */
export const CREDENTIAL_CHECKS = [
  'rejected',
  'no-verifier',
  'too-long',
  'malformed',
  'algorithm',
  'type',
  'issuer',
  'unknown-key',
  'signature',
  'ticket',
  'inactive',
  'audience',
  'subject',
  'not-yet-valid',
  'no-expiry',
  'expired',
  'proof',
  'revoked',
] as const;

/** A check of a credential that can fail, one of {@link CREDENTIAL_CHECKS}. @publicApi */
export type CredentialCheck = (typeof CREDENTIAL_CHECKS)[number];

/** The verifiers that can be configured. @publicApi */
export type VerifierName =
  'secret' | 'public-key' | 'jwks' | 'oidc' | 'introspection' | 'api-keys' | 'tickets';

/** The refusal of one verifier, for the operator. It has no value of the credential. @publicApi */
export interface VerifierRefusal {
  readonly verifier: VerifierName;
  readonly check: CredentialCheck;
  /** What is configured, if the check compares the credential with that. */
  readonly expected?: string | undefined;
}

/** The refusal of the verifier that made the most checks. */
export function lastRefusal(refusals: readonly VerifierRefusal[]): VerifierRefusal | undefined {
  return refusals.toSorted((one, other) => rankOf(other) - rankOf(one))[0];
}

function rankOf({ check }: VerifierRefusal): number {
  return CREDENTIAL_CHECKS.indexOf(check);
}
