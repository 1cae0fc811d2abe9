import type { JWTPayload } from 'jose';
import { InvalidCredentialError } from '../../errors/invalid-credential.error.js';

/** The issuers and audiences that are configured. Empty lists accept any token. */
export interface ExpectedClaims {
  /** The token must be from one of them (RFC 7519 §4.1.1). */
  readonly issuers: readonly string[];
  /** The token must name one of them (RFC 7519 §4.1.3). */
  readonly audiences: readonly string[];
}

/** @throws InvalidCredentialError if the token is from none of the issuers */
export function checkIssuer({ iss }: Readonly<JWTPayload>, { issuers }: ExpectedClaims): void {
  if (issuers.length === 0 || issuers.includes(iss as string)) return;
  throw new InvalidCredentialError(iss === undefined ? 'no issuer' : 'another issuer', {
    check: 'issuer',
    expected: issuers.join(', '),
  });
}

/** @throws InvalidCredentialError if the token names none of the audiences */
export function checkAudience(claims: Readonly<JWTPayload>, { audiences }: ExpectedClaims): void {
  if (audiences.length === 0) return;
  const named: unknown = claims.aud;
  const list: readonly unknown[] = Array.isArray(named) ? named : [named];
  if (list.some((audience) => audiences.includes(audience as string))) return;
  throw new InvalidCredentialError(named === undefined ? 'no audience' : 'another audience', {
    check: 'audience',
    expected: audiences.join(', '),
  });
}
