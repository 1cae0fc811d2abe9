import type { JWTPayload } from 'jose';
import type { Principal } from '../connection/principal.js';
import { InvalidCredentialError } from '../errors/invalid-credential.error.js';

/**
 * The principal that verified claims speak of (RFC 7519 §4.1, scopes by RFC 8693 §4.2).
 *
 * @param now epoch milliseconds
 * @param clockSkewMs how far `exp` and `iat` may be off
 * @throws InvalidCredentialError when a claim that identity or expiry rests on is missing or malformed
 */
export function principalOfClaims(claims: JWTPayload, now: number, clockSkewMs: number): Principal {
  if (typeof claims.sub !== 'string' || claims.sub === '') throw new InvalidCredentialError('no sub claim');
  return {
    id: claims.sub,
    issuer: claims.iss ?? null,
    kind: 'token',
    roles: stringsOf(claims['roles']),
    scopes: scopesOf(claims),
    claims,
    expiresAt: expiryOf(claims, now, clockSkewMs),
    sessionId: sessionOf(claims),
  };
}

/** A token that is accepted only thanks to the skew lives until `exp` + skew, every other one until `exp`. */
function expiryOf({ exp, iat }: JWTPayload, now: number, clockSkewMs: number): number {
  if (typeof exp !== 'number' || !Number.isFinite(exp)) throw new InvalidCredentialError('no exp claim');
  if (iat !== undefined && iat * 1000 > now + clockSkewMs)
    throw new InvalidCredentialError('issued in the future');
  const expiresAt = exp * 1000;
  return expiresAt > now ? expiresAt : expiresAt + clockSkewMs;
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
