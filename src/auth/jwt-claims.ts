import type { JWTPayload } from 'jose';
import type { Principal } from '../connection/principal.js';
import { InvalidCredentialError } from '../errors/invalid-credential.error.js';
import type { PrincipalMapper } from './principal-mapper.js';

// RFC 7519 §2 counts seconds; beyond this a Date is none.
const MAX_SECONDS = 8.64e12;

/**
 * The principal that verified claims speak of (RFC 7519 §4.1).
 *
 * @param mapper reads roles and scopes
 * @param now epoch milliseconds
 * @param clockSkewMs how far `exp` and `iat` may be off
 * @throws InvalidCredentialError when a claim that identity or expiry rests on is missing or malformed
 * @throws TypeError when the mapper does not answer with strings
 */
export function principalOfClaims(
  claims: Readonly<JWTPayload>,
  mapper: PrincipalMapper,
  now: number,
  clockSkewMs: number,
): Principal {
  if (claims.exp === undefined) throw new InvalidCredentialError('no exp claim');
  return principalOf(claims, mapper, now, clockSkewMs);
}

/** As {@link principalOfClaims}, for claims that may go without `exp` (RFC 7662 §2.2). */
export function principalOf(
  claims: Readonly<JWTPayload>,
  mapper: PrincipalMapper,
  now: number,
  clockSkewMs: number,
): Principal {
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
    roles: mapped('rolesOf', mapper.rolesOf(claims)),
    scopes: mapped('scopesOf', mapper.scopesOf(claims)),
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

function sessionOf(claims: Readonly<JWTPayload>): string | null {
  const { sid } = claims;
  if (typeof sid === 'string') return sid;
  return typeof claims.jti === 'string' ? claims.jti : null;
}

/** Rights that cannot be told are not guessed: neither none nor some of them would be what the mapper meant. */
function mapped(step: string, value: unknown): readonly string[] {
  const list: unknown[] | undefined = Array.isArray(value) ? [...(value as unknown[])] : undefined;
  if (list?.every((entry) => typeof entry === 'string') === true) return list;
  throw new TypeError(`${step} of the PrincipalMapper must return a list of strings`);
}
