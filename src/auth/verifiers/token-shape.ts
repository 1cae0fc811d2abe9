import { decodeJwt, decodeProtectedHeader, type JWTHeaderParameters, type JWTPayload } from 'jose';
import { InvalidCredentialError } from '../../errors/invalid-credential.error.js';

const THREE_PARTS = /^[\w-]+\.[\w-]+\.[\w-]*$/;

// Members of encrypted tokens and of extensions (RFC 7515 §4.1.11, RFC 7516 §4.1, RFC 7518 §4.8.1): none is understood.
const REFUSED = ['crit', 'b64', 'zip', 'enc', 'epk', 'p2s', 'p2c'];

type Header = Readonly<JWTHeaderParameters>;

/** Whether a token is a JWS in compact serialisation, whatever it is worth: three parts, the first a JSON object. */
export function isJwt(token: string): boolean {
  return protectedHeaderOf(token) !== undefined;
}

/**
 * What a token says about how it is signed, before any of it is believed. Key material in the header (`jwk`, `jku`,
 * `x5u`, `x5c`) is not looked at by anybody.
 *
 * @throws InvalidCredentialError when nothing here could verify it
 */
export function headerOf(token: string): Header {
  const header = protectedHeaderOf(token);
  if (!header) throw new InvalidCredentialError('no JWS');
  if (REFUSED.some((member) => Object.hasOwn(header, member)))
    throw new InvalidCredentialError('a header that is not understood');
  return header;
}

/**
 * What a token claims, before any of it is believed.
 *
 * @throws InvalidCredentialError when its payload is no JSON object
 */
export function unverifiedClaimsOf(token: string): JWTPayload {
  try {
    return decodeJwt(token);
  } catch (cause) {
    throw new InvalidCredentialError('no claims', { cause });
  }
}

let latest: { readonly part: string; readonly header: Header | undefined } | undefined;

/** The tokens of one issuer begin alike, so the last header is remembered. */
function protectedHeaderOf(token: string): Header | undefined {
  if (!THREE_PARTS.test(token)) return undefined;
  const part = token.slice(0, token.indexOf('.'));
  if (latest?.part !== part) latest = { part, header: decoded(token) };
  return latest.header;
}

function decoded(token: string): Header | undefined {
  try {
    return Object.freeze(decodeProtectedHeader(token) as JWTHeaderParameters);
  } catch {
    return undefined;
  }
}
