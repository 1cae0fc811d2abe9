import { decodeJwt, decodeProtectedHeader, type JWTHeaderParameters, type JWTPayload } from 'jose';
import { InvalidCredentialError } from '../../errors/invalid-credential.error.js';

const THREE_PARTS = /^[\w-]+\.[\w-]+\.[\w-]*$/;

// Members of encrypted tokens and of extensions (RFC 7515 §4.1.11, RFC 7516 §4.1, RFC 7518 §4.8.1): none is understood.
const REFUSED = ['crit', 'b64', 'zip', 'enc', 'epk', 'p2s', 'p2c'];

/** Whether a token is a JWS in compact serialisation, whatever it is worth: three parts, the first a JSON object. */
export function isJwt(token: string): boolean {
  return THREE_PARTS.test(token) && headerOf(token) !== undefined;
}

/**
 * What a token says about itself, before any of it is believed. Key material in the header (`jwk`, `jku`, `x5u`,
 * `x5c`) is not looked at by anybody.
 *
 * @throws InvalidCredentialError when nothing here could verify it
 */
export function inspect(token: string): { header: JWTHeaderParameters; claims: JWTPayload } {
  const header = THREE_PARTS.test(token) ? headerOf(token) : undefined;
  if (!header) throw new InvalidCredentialError('no JWS');
  if (REFUSED.some((member) => Object.hasOwn(header, member)))
    throw new InvalidCredentialError('a header that is not understood');
  try {
    return { header, claims: decodeJwt(token) };
  } catch (cause) {
    throw new InvalidCredentialError('no claims', { cause });
  }
}

function headerOf(token: string): JWTHeaderParameters | undefined {
  try {
    return decodeProtectedHeader(token) as JWTHeaderParameters;
  } catch {
    return undefined;
  }
}
