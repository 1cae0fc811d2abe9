import { isUtf8 } from 'node:buffer';
import { decodeProtectedHeader, type JWTHeaderParameters, type JWTPayload } from 'jose';
import { InvalidCredentialError } from '../../errors/invalid-credential.error.js';

const THREE_PARTS = /^[\w-]+\.[\w-]+\.[\w-]*$/;

// Header parameters of encrypted tokens and of extensions, none of which is supported (RFC 7515 §4.1.11, RFC 7516
// §4.1, RFC 7518 §4.8.1).
const REFUSED = ['crit', 'b64', 'zip', 'enc', 'epk', 'p2s', 'p2c'];

type Header = Readonly<JWTHeaderParameters>;

/** Whether a token looks like a JWS in compact serialization: three parts, the first a JSON object. */
export function isJwt(token: string): boolean {
  return protectedHeaderOf(token) !== undefined;
}

/**
 * Reads the header of a token without verifying the token. Key material in the header (`jwk`, `jku`, `x5u`, `x5c`) is
 * ignored.
 *
 * @throws InvalidCredentialError if the header is missing or has unsupported parameters
 */
export function headerOf(token: string): Header {
  const header = protectedHeaderOf(token);
  if (!header) throw new InvalidCredentialError('not a JWS', { check: 'malformed' });
  if (REFUSED.some((member) => Object.hasOwn(header, member)))
    throw new InvalidCredentialError('unsupported header parameters', { check: 'malformed' });
  return header;
}

/**
 * Reads the claims of a token without verifying it.
 *
 * @throws InvalidCredentialError if its payload is not a JSON object
 */
export function unverifiedClaimsOf(token: string): JWTPayload {
  const start = token.indexOf('.') + 1;
  // Much cheaper than `decodeJwt()` of jose. Its header has been read, so the token has three parts of base64url.
  const bytes = Buffer.from(token.slice(start, token.indexOf('.', start)), 'base64url');
  const claims = isUtf8(bytes) ? parsed(bytes.toString()) : undefined;
  if (typeof claims === 'object' && claims !== null && !Array.isArray(claims)) return claims as JWTPayload;
  throw new InvalidCredentialError('the payload is not a JSON object', { check: 'malformed' });
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

let latest: { readonly part: string; readonly header: Header | undefined } | undefined;

/** Tokens of one issuer have the same header, so the last one is cached. */
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
