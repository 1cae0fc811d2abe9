/** A signature algorithm of JWTs (RFC 7518 §3.1, RFC 8037, RFC 9864). @publicApi */
export type JwtAlgorithm =
  | 'HS256'
  | 'HS384'
  | 'HS512'
  | 'RS256'
  | 'RS384'
  | 'RS512'
  | 'PS256'
  | 'PS384'
  | 'PS512'
  | 'ES256'
  | 'ES384'
  | 'ES512'
  | 'EdDSA'
  | 'Ed25519';

export type HmacAlgorithm = Extract<JwtAlgorithm, `HS${string}`>;

/** Algorithms with a shared secret, and the minimum length of the secret in bytes (RFC 7518 §3.2). */
export const HMAC_BYTES = { HS256: 32, HS384: 48, HS512: 64 } as const satisfies Record<
  HmacAlgorithm,
  number
>;

/** Algorithms with a key pair. */
export const PUBLIC_KEY_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const satisfies readonly Exclude<JwtAlgorithm, HmacAlgorithm>[];

export const HMAC_ALGORITHMS = Object.keys(HMAC_BYTES) as HmacAlgorithm[];
export const JWT_ALGORITHMS: readonly JwtAlgorithm[] = [...HMAC_ALGORITHMS, ...PUBLIC_KEY_ALGORITHMS];

export function isHmac(algorithm: string): algorithm is HmacAlgorithm {
  return Object.hasOwn(HMAC_BYTES, algorithm);
}
