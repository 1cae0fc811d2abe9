import type { JWTPayload } from 'jose';
import type { Principal } from '../connection/principal.js';
import { InvalidCredentialError } from '../errors/invalid-credential.error.js';

// RFC 7519 §2 counts seconds; beyond this a Date is none.
const MAX_SECONDS = 8.64e12;

/**
 * The principal that verified claims speak of (RFC 7519 §4.1, scopes by RFC 8693 §4.2).
 *
 * @param now epoch milliseconds
 * @param clockSkewMs how far `exp` and `iat` may be off
 * @throws InvalidCredentialError when a claim that identity or expiry rests on is missing or malformed
 */
export function principalOfClaims(claims: JWTPayload, now: number, clockSkewMs: number): Principal {
  if (claims.exp === undefined) throw new InvalidCredentialError('no exp claim');
  return principalOf(claims, now, clockSkewMs);
}

/** As {@link principalOfClaims}, for claims that may go without `exp` (RFC 7662 §2.2). */
export function principalOf(claims: JWTPayload, now: number, clockSkewMs: number): Principal {
  const { sub, iss, exp, iat, nbf } = claims as Record<string, unknown>;
  if (typeof sub !== 'string' || sub === '') throw new InvalidCredentialError('no sub claim');
  if (iss !== undefined && typeof iss !== 'string') throw new InvalidCredentialError('malformed iss claim');
  for (const start of [iat, nbf]) {
    if (start !== undefined && millisecondsOf(start) > now + clockSkewMs)
      throw new InvalidCredentialError('not valid yet');
  }
  return {
    id: sub,
    issuer: iss ?? null,
    kind: 'token',
    roles: stringsOf(claims['roles']),
    scopes: scopesOf(claims),
    claims,
    expiresAt: exp === undefined ? null : expiryOf(millisecondsOf(exp), now, clockSkewMs),
    sessionId: sessionOf(claims),
  };
}

/** A token that is accepted only thanks to the skew lives until `exp` + skew, every other one until `exp`. */
function expiryOf(expiresAt: number, now: number, clockSkewMs: number): number {
  if (expiresAt > now) return expiresAt;
  if (expiresAt + clockSkewMs <= now) throw new InvalidCredentialError('expired');
  return expiresAt + clockSkewMs;
}

function millisecondsOf(seconds: unknown): number {
  if (typeof seconds !== 'number' || !(Math.abs(seconds) <= MAX_SECONDS))
    throw new InvalidCredentialError('malformed time claim');
  return seconds * 1000;
}

function scopesOf(claims: JWTPayload): readonly string[] {
  const { scope } = claims;
  if (typeof scope === 'string') return scope.split(' ').filter((entry) => entry !== '');
  return stringsOf(claims['scopes']);
}

function sessionOf(claims: JWTPayload): string | null {
  const { sid } = claims;
  if (typeof sid === 'string') return sid;
  return typeof claims.jti === 'string' ? claims.jti : null;
}

function stringsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === 'string') : [];
}
