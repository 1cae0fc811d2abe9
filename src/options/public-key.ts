import { createPublicKey, type KeyObject } from 'node:crypto';
import type { JwtAlgorithm } from './jwt-algorithms.js';
import { stringOf } from './option-parsers.js';

const MIN_RSA_BITS = 2048;
// OpenSSL accepts a private key and takes its public half, but a private key does not belong here.
const BLOCK = /^-----BEGIN (?:PUBLIC KEY|CERTIFICATE)-----$/;
const RSA: readonly JwtAlgorithm[] = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];
const EC = new Map<string | undefined, JwtAlgorithm>([
  ['prime256v1', 'ES256'],
  ['secp384r1', 'ES384'],
  ['secp521r1', 'ES512'],
]);

/** A public key, and the signature algorithms it supports. */
export interface PublicKey {
  key: KeyObject;
  algorithms: readonly JwtAlgorithm[];
}

/** A public key or certificate in PEM. Newlines may be written as `\n`, as environment files require. */
export function publicKeyPem() {
  const message =
    'must be one public key or certificate in PEM: RSA of at least 2048 bits, EC on P-256, P-384 or P-521, or Ed25519';
  return stringOf(message)
    .transform((pem) => pem.replaceAll('\\n', '\n').trim())
    .refine((pem) => publicKeyOf(pem) !== undefined, { error: message });
}

/** The key of a PEM text; undefined if it cannot be used. */
export function publicKeyOf(pem: string): PublicKey | undefined {
  const begins = pem.split(/\r?\n/).filter((line) => line.startsWith('-----BEGIN'));
  if (begins.length !== 1 || !BLOCK.test(begins[0] as string)) return undefined;
  try {
    const key = createPublicKey(pem);
    const algorithms = algorithmsOf(key);
    return algorithms && { key, algorithms };
  } catch {
    return undefined;
  }
}

function algorithmsOf({
  asymmetricKeyType: type,
  asymmetricKeyDetails: details,
}: KeyObject): readonly JwtAlgorithm[] | undefined {
  if (type === 'rsa') return (details?.modulusLength ?? 0) >= MIN_RSA_BITS ? RSA : undefined;
  if (type === 'ed25519') return ['EdDSA', 'Ed25519'];
  const algorithm = type === 'ec' ? EC.get(details?.namedCurve) : undefined;
  return algorithm && [algorithm];
}
