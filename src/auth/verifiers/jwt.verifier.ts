import { compactVerify, errors, type JWTHeaderParameters, type JWTPayload } from 'jose';
import type { Clock } from '../../time/clock.js';
import type { PartHealth } from '../../connection/part-health.js';
import type { Principal } from '../../connection/principal.js';
import { InvalidCredentialError } from '../../errors/invalid-credential.error.js';
import { principalOfClaims } from '../jwt-claims.js';
import type { PrincipalMapper } from '../principal-mapper.js';
import { TokenVerifier } from '../token-verifier.js';
import { checkAudience } from './expected-claims.js';
import { type JwtExpectations, readJwt, wrongSignature } from './jwt-expectations.js';
import { headerOf } from './token-shape.js';
import type { VerificationKey, VerificationKeys } from './verification-keys.js';
import { VerifiedClaims } from './verified-claims.js';

export interface JwtVerifierOptions extends JwtExpectations {
  /** The memory limit for verified tokens. */
  readonly rememberedBytes?: number | undefined;
}

/** Verifies JWTs (RFC 7519) as RFC 8725 requires, with keys from any source. */
export class JwtVerifier extends TokenVerifier {
  private readonly algorithms: string[];
  private readonly verified: VerifiedClaims<VerificationKey>;

  constructor(
    private readonly keys: VerificationKeys,
    private readonly options: JwtVerifierOptions,
    private readonly mapper: PrincipalMapper,
    private readonly clock: Clock,
  ) {
    super();
    this.verified = new VerifiedClaims(options.rememberedBytes);
    this.algorithms = [...options.algorithms];
  }

  override async verify(token: string): Promise<Principal> {
    const now = this.clock.now();
    const header = headerOf(token);
    const digest = this.verified.digestOf(token);
    const known = this.verified.find(digest, now);
    // The key may have been withdrawn since the token was verified.
    if (known && (await this.keys.candidates(header)).includes(known.key))
      return this.principalOf(known.claims, now);
    const { claims } = readJwt(token, this.options);
    const key = await this.signingKeyOf(header, token);
    checkAudience(claims, this.options);
    const principal = this.principalOf(claims, now);
    this.verified.add(digest, key, claims, now);
    return principal;
  }

  /** A token that was verified before, with keys that are still valid, needs nothing to wait for. */
  override verifyNow(token: string): Principal | undefined {
    const candidates = this.keys.candidatesNow(headerOf(token));
    if (!candidates) return undefined;
    const now = this.clock.now();
    const known = this.verified.find(this.verified.digestOf(token), now);
    return known && candidates.includes(known.key) ? this.principalOf(known.claims, now) : undefined;
  }

  override health(): PartHealth {
    return this.keys.health?.() ?? 'ready';
  }

  /** Milliseconds since its keys were fetched; undefined if they are configured, or were never fetched. */
  keysAge(): number | undefined {
    return this.keys.age?.();
  }

  private principalOf(claims: JWTPayload, now: number): Principal {
    return principalOfClaims(claims, this.mapper, now, this.options.clockSkewMs);
  }

  /** @throws InvalidCredentialError if none of the issuer's keys verifies the signature */
  private async signingKeyOf(header: JWTHeaderParameters, token: string): Promise<VerificationKey> {
    const candidates = await this.keys.candidates(header);
    if (candidates.length === 0)
      throw new InvalidCredentialError('the issuer has no such key', { check: 'unknown-key' });
    const { algorithms } = this;
    for (const key of candidates) {
      try {
        await compactVerify(token, key, { algorithms });
        return key;
      } catch (error) {
        if (error instanceof errors.JWSSignatureVerificationFailed) continue;
        if (error instanceof errors.JOSEError)
          throw new InvalidCredentialError(error.code, { check: 'malformed', cause: error });
        throw error;
      }
    }
    throw wrongSignature();
  }
}
