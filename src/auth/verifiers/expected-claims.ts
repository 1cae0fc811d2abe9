import type { JWTPayload } from 'jose';
import { claimAt } from '../claim-at.js';
import { InvalidCredentialError } from '../../errors/invalid-credential.error.js';

/** The issuers and audiences that are configured. Empty lists accept any token. */
export interface ExpectedClaims {
  /** The token must be from one of them (RFC 7519 §4.1.1). */
  readonly issuers: readonly string[];
  /** The token must name one of them. */
  readonly audiences: readonly string[];
  /** The claim that names the audiences: `aud` (RFC 7519 §4.1.3), or what a provider has instead of it. */
  readonly audienceClaim: string;
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
export function checkAudience(
  claims: Readonly<JWTPayload>,
  { audiences, audienceClaim }: ExpectedClaims,
): void {
  if (audiences.length === 0) return;
  const named = claimAt(claims, audienceClaim);
  const list: readonly unknown[] = Array.isArray(named) ? named : [named];
  if (list.some((audience) => audiences.includes(audience as string))) return;
  throw new InvalidCredentialError(named === undefined ? `no ${audienceClaim} claim` : 'another audience', {
    check: 'audience',
    expected: audiences.join(', '),
  });
}
