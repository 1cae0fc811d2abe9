import type { JWTPayload } from 'jose';
import type { Principal } from '../connection/principal.js';
import { InvalidCredentialError } from '../errors/invalid-credential.error.js';
import type { PrincipalMapper } from './principal-mapper.js';

// RFC 7519 §2 counts in seconds. A `Date` cannot represent more than this.
const MAX_SECONDS = 8.64e12;

/**
 * Creates the principal from verified claims (RFC 7519 §4.1).
 *
 * @param mapper reads roles and scopes
 * @param now epoch milliseconds
 * @param clockSkewMs the tolerance for `exp` and `iat`
 * @throws InvalidCredentialError if a required claim is missing or malformed
 * @throws TypeError if the mapper does not return a list of strings
 */
export function principalOfClaims(
  claims: Readonly<JWTPayload>,
  mapper: PrincipalMapper,
  now: number,
  clockSkewMs: number,
): Principal {
  if (claims.exp === undefined) throw new InvalidCredentialError('no exp claim', { check: 'no-expiry' });
  return principalOf(claims, mapper, now, clockSkewMs);
}

/** Like {@link principalOfClaims}, for claims whose `exp` is optional (RFC 7662 §2.2). */
export function principalOf(
  claims: Readonly<JWTPayload>,
  mapper: PrincipalMapper,
  now: number,
  clockSkewMs: number,
): Principal {
  const { sub, iss, exp, iat, nbf } = claims as Record<string, unknown>;
  if (typeof sub !== 'string' || sub === '')
    throw new InvalidCredentialError('no sub claim', { check: 'subject' });
  if (iss !== undefined && typeof iss !== 'string')
    throw new InvalidCredentialError('malformed iss claim', { check: 'malformed' });
  for (const start of [iat, nbf]) {
    if (start !== undefined && millisecondsOf(start) > now + clockSkewMs)
      throw new InvalidCredentialError('not valid yet', { check: 'not-yet-valid' });
  }
  return {
    id: sub,
    issuer: iss ?? null,
    kind: 'token',
    roles: mapped('rolesOf', mapper.rolesOf(claims)),
    scopes: mapped('scopesOf', mapper.scopesOf(claims)),
    claims,
    expiresAt: exp === undefined ? null : expiryOf(millisecondsOf(exp), now, clockSkewMs),
    sessionId: sessionOf(claims),
  };
}

/** A token that is accepted only because of the clock skew lives until `exp` + skew, every other one until `exp`. */
function expiryOf(expiresAt: number, now: number, clockSkewMs: number): number {
  if (expiresAt > now) return expiresAt;
  if (expiresAt + clockSkewMs <= now) throw new InvalidCredentialError('expired', { check: 'expired' });
  return expiresAt + clockSkewMs;
}

function millisecondsOf(seconds: unknown): number {
  if (typeof seconds !== 'number' || !(Math.abs(seconds) <= MAX_SECONDS))
    throw new InvalidCredentialError('malformed time claim', { check: 'malformed' });
  return seconds * 1000;
}

function sessionOf(claims: Readonly<JWTPayload>): string | null {
  const { sid } = claims;
  if (typeof sid === 'string') return sid;
  return typeof claims.jti === 'string' ? claims.jti : null;
}

/** Rights of the wrong type are an error. Dropping some of them could grant other rights than the mapper intended. */
function mapped(step: string, value: unknown): readonly string[] {
  const list: unknown[] | undefined = Array.isArray(value) ? [...(value as unknown[])] : undefined;
  if (list?.every((entry) => typeof entry === 'string') === true) return list;
  throw new TypeError(`${step} of the PrincipalMapper must return a list of strings`);
}
