import { generateKeyPairSync, sign as signBytes, createHmac, type KeyObject } from 'node:crypto';
import { SignJWT, type JWK } from 'jose';
import { SECRET } from './tokens.js';

export type Family = 'HMAC' | 'RSA' | 'EC' | 'Ed25519';

/** A key of one family, and how an issuer signs with it. */
export interface SigningKey {
  family: Family;
  alg: string;
  key: KeyObject | Uint8Array;
  /** PEM. Empty for a shared secret. */
  publicPem: string;
  jwk(kid: string): JWK;
}

/** Who has a key of their own. */
export type KeyOwner = 'issuer' | 'other issuer' | 'stranger' | 'attacker';

const kept = new Map<string, SigningKey>();

/** A key of an owner, which is always the same: to make an RSA key takes a tenth of a second. */
export function signingKey(family: Family, owner: KeyOwner = 'issuer'): SigningKey {
  const name = `${family} ${owner}`;
  const key = kept.get(name) ?? newKey(family);
  kept.set(name, key);
  return key;
}

function newKey(family: Family): SigningKey {
  if (family === 'HMAC') {
    const key = new TextEncoder().encode(SECRET);
    return { family, alg: 'HS256', key, publicPem: '', jwk: () => ({ kty: 'oct' }) };
  }
  const { privateKey, publicKey } = pairOf(family);
  return {
    family,
    alg: { RSA: 'RS256', EC: 'ES256', Ed25519: 'EdDSA' }[family],
    key: privateKey,
    publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    jwk: (kid) => ({ ...(publicKey.export({ format: 'jwk' }) as JWK), kid, use: 'sig' }),
  };
}

function pairOf(family: Exclude<Family, 'HMAC'>) {
  if (family === 'RSA') return generateKeyPairSync('rsa', { modulusLength: 2048 });
  if (family === 'EC') return generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return generateKeyPairSync('ed25519');
}

export const ISSUER = 'https://id.test';
export const AUDIENCE = 'chat';

/** Fixed at load time, so that no clock of a test is behind it. */
const START = Math.floor(Date.now() / 1000);

/** Claims that pass all checks. A member that is undefined is left out. */
export function goodClaims(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return { sub: 'alice', iss: ISSUER, aud: AUDIENCE, iat: START - 60, exp: START + 3600, ...changes };
}

export function signed(
  { alg, key }: SigningKey,
  claims: Record<string, unknown> = goodClaims(),
  header: Record<string, unknown> = {},
): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg, typ: 'at+jwt', ...header }).sign(key);
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Builds a token with any header and any signature. */
export function forged(
  header: Record<string, unknown>,
  claims: Record<string, unknown>,
  signature: string | ((input: string) => Buffer) = '',
): string {
  const input = `${encode(header)}.${encode(claims)}`;
  return `${input}.${typeof signature === 'string' ? signature : signature(input).toString('base64url')}`;
}

/** Signs with the right key, without the checks of a library. */
export function rawSignature({ family, key }: SigningKey): (input: string) => Buffer {
  if (family === 'HMAC') return (input) => createHmac('sha256', key).update(input).digest();
  return (input) =>
    signBytes(family === 'Ed25519' ? null : 'sha256', Buffer.from(input), {
      key: key as KeyObject,
      dsaEncoding: 'ieee-p1363',
    });
}

export function hmacSignature(secret: string | Buffer): (input: string) => Buffer {
  return (input) => createHmac('sha256', secret).update(input).digest();
}
