import type { JWTHeaderParameters } from 'jose';
import { InvalidCredentialError } from '../../errors/invalid-credential.error.js';

/** The usual types of access tokens, if they have a type (RFC 7519 §5.1, RFC 9068 §2.1). */
const USUAL = ['jwt', 'at+jwt'];

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

/** A media type (RFC 7515 §4.1.9). It is case-insensitive, and `application/` may be omitted. */
function typeOf({ typ }: { typ?: unknown }): string {
  return typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : '';
}
