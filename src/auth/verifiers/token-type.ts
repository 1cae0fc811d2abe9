import type { JWTHeaderParameters } from 'jose';
import { InvalidCredentialError } from '../../errors/invalid-credential.error.js';

/** What an access token may call itself, beside nothing at all (RFC 7519 §5.1, RFC 9068 §2.1). */
const USUAL = ['jwt', 'at+jwt'];

type Header = Readonly<Pick<JWTHeaderParameters, 'typ'>>;

/**
 * Keeps tokens out that were signed for another purpose, such as proofs, logouts and statements (RFC 8725 §3.11).
 *
 * @param expected the type that a token must have; left out, any that an access token usually has, or none
 * @throws InvalidCredentialError
 */
export function checkType(header: Header, expected: string | undefined): void {
  if (expected === undefined && !Object.hasOwn(header, 'typ')) return;
  const type = typeOf(header);
  const isRight = expected === undefined ? USUAL.includes(type) : type === typeOf({ typ: expected });
  if (!isRight) throw new InvalidCredentialError('type');
}

/** RFC 7515 §4.1.9: a media type, whose `application/` may be left out; case does not matter. */
function typeOf({ typ }: { typ?: unknown }): string {
  return typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : '';
}
