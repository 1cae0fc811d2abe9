import type { JWTHeaderParameters, JWTPayload } from 'jose';
import { InvalidCredentialError } from '../../errors/invalid-credential.error.js';
import type { JwtAlgorithm } from '../../options/jwt-algorithms.js';
import { checkIssuer, type ExpectedClaims } from './expected-claims.js';
import { headerOf, unverifiedClaimsOf } from './token-shape.js';
import { checkType, checkUse } from './token-type.js';

/** The requirements for JWTs, whatever the kind of key. */
export interface JwtExpectations extends ExpectedClaims {
  readonly algorithms: readonly JwtAlgorithm[];
  /** The required `typ` (RFC 8725 §3.11). By default, the usual types of access tokens, or no type. */
  readonly type?: string | undefined;
  readonly clockSkewMs: number;
}

/** The parts of a token that its signature covers. */
export interface UnverifiedJwt {
  readonly header: Readonly<JWTHeaderParameters>;
  readonly claims: JWTPayload;
}

/**
 * Reads a token and checks what needs no key: shape, algorithm, type and issuer. So tokens of other issuers cost no
 * cryptography, and never cause keys to be fetched.
 *
 * @throws InvalidCredentialError
 */
export function readJwt(token: string, expected: JwtExpectations): UnverifiedJwt {
  const header = headerOf(token);
  const claims = unverifiedClaimsOf(token);
  if (!expected.algorithms.includes(header.alg as JwtAlgorithm))
    throw new InvalidCredentialError('another algorithm', {
      check: 'algorithm',
      expected: expected.algorithms.join(', '),
    });
  checkType(header, expected.type);
  checkUse(claims);
  checkIssuer(claims, expected);
  return { header, claims };
}

export function wrongSignature(cause?: unknown): InvalidCredentialError {
  return new InvalidCredentialError('no key verifies the signature', { check: 'signature', cause });
}
