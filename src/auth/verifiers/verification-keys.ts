import type { CryptoKey, JWTHeaderParameters, KeyObject } from 'jose';
import type { PartHealth } from '../../connection/part-health.js';

export type VerificationKey = CryptoKey | KeyObject | Uint8Array;

/** The source of the keys of a {@link JwtVerifier}. */
export interface VerificationKeys {
  /**
   * Returns the keys that may have signed a token with this header.
   *
   * @throws ProviderUnavailableError if the keys cannot be fetched
   */
  candidates(header: JWTHeaderParameters): Promise<readonly VerificationKey[]>;

  /** As `candidates()`; undefined if that would have to wait. */
  candidatesNow(header: JWTHeaderParameters): readonly VerificationKey[] | undefined;

  /** Whether there are keys. Those without this method always have them. */
  health?(): PartHealth;

  /** Milliseconds since they were fetched; undefined if they never were. Those without this method are not fetched. */
  age?(): number | undefined;
}

/** Keys that are configured. `kid` is ignored. */
export class FixedKeys implements VerificationKeys {
  constructor(private readonly keys: readonly VerificationKey[]) {}

  candidates(): Promise<readonly VerificationKey[]> {
    return Promise.resolve(this.keys);
  }

  candidatesNow(): readonly VerificationKey[] {
    return this.keys;
  }
}
