import type { CryptoKey, JWTHeaderParameters, KeyObject } from 'jose';

export type VerificationKey = CryptoKey | KeyObject | Uint8Array;

/** Where the keys of a {@link JwtVerifier} come from. */
export interface VerificationKeys {
  /**
   * The keys that may have signed a token with this header.
   *
   * @throws ProviderUnavailableError when it cannot be told
   */
  candidates(header: JWTHeaderParameters): Promise<readonly VerificationKey[]>;
}

/** Keys known from the start; `kid` plays no part. */
export class FixedKeys implements VerificationKeys {
  constructor(private readonly keys: readonly VerificationKey[]) {}

  candidates(): Promise<readonly VerificationKey[]> {
    return Promise.resolve(this.keys);
  }
}
