import type { JWTHeaderParameters } from 'jose';
import { InvalidCredentialError } from '../../errors/invalid-credential.error.js';

/** The usual types of access tokens, if they have a type (RFC 7519 §5.1, RFC 9068 §2.1). */
const USUAL = ['jwt', 'at+jwt'];

/** Claims in which servers say what a token is for, and those that are not for a service. */
const USES = ['token_use', 'token_type', 'typ', 'type'];
const OTHER_USE = /^(?:refresh|id|offline|logout)(?:[-_ ]?token)?$/i;

type Header = Readonly<Pick<JWTHeaderParameters, 'typ'>>;

/**
 * Refuses tokens that were signed for another purpose, such as proofs, logout tokens and statements (RFC 8725 §3.11).
 *
 * @param expected the required type; by default, the usual types of access tokens, or no type
 * @throws InvalidCredentialError
 */
export function checkType(header: Header, expected: string | undefined): void {
  if (expected === undefined && !Object.hasOwn(header, 'typ')) return;
  const type = typeOf(header);
  const isRight = expected === undefined ? USUAL.includes(type) : type === typeOf({ typ: expected });
  if (isRight) return;
  const allowed = expected ?? `${USUAL.join(', ')} or none`;
  throw new InvalidCredentialError('another type', { check: 'type', expected: allowed });
}

/**
 * Refuses what is valid but for the authorization server or the client only: refresh tokens, which live longest, ID tokens
 * (OpenID Connect Core §2) and logout tokens. No standard says how they are told apart without a type, so these are the
 * claims of common servers, in tokens and in answers to introspection.
 *
 * @throws InvalidCredentialError
 */
export function checkUse(claims: Readonly<Record<string, unknown>>): void {
  for (const name of USES) {
    const use = claims[name];
    if (typeof use === 'string' && OTHER_USE.test(use))
      throw new InvalidCredentialError('not an access token', { check: 'type', expected: 'an access token' });
  }
}

/** A media type (RFC 7515 §4.1.9). It is case-insensitive, and `application/` may be omitted. */
function typeOf({ typ }: { typ?: unknown }): string {
  return typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : '';
}
