import { errors, type JWTHeaderParameters, type JWTPayload, jwtVerify, type JWTVerifyOptions } from 'jose';
import type { Clock } from '../../time/clock.js';
import type { PartHealth } from '../../connection/part-health.js';
import type { Principal } from '../../connection/principal.js';
import { InvalidCredentialError } from '../../errors/invalid-credential.error.js';
import type { JwtAlgorithm } from '../../options/jwt-algorithms.js';
import { principalOfClaims } from '../jwt-claims.js';
import type { PrincipalMapper } from '../principal-mapper.js';
import { TokenVerifier } from '../token-verifier.js';
import { headerOf, unverifiedClaimsOf } from './token-shape.js';
import { checkType } from './token-type.js';
import type { VerificationKey, VerificationKeys } from './verification-keys.js';
import { VerifiedClaims } from './verified-claims.js';

export interface JwtVerifierOptions {
  algorithms: readonly JwtAlgorithm[];
  issuer?: string | undefined;
  audience?: string | undefined;
  /** The required `typ` (RFC 8725 §3.11). By default, the usual types of access tokens, or no type. */
  type?: string | undefined;
  clockSkewMs: number;
  /** The memory limit for verified tokens. */
  rememberedBytes?: number | undefined;
}

/** Verifies JWTs (RFC 7519) of one issuer as RFC 8725 requires, with keys from any source. */
export class JwtVerifier extends TokenVerifier {
  private readonly expected: JWTVerifyOptions;
  private readonly verified: VerifiedClaims<VerificationKey>;

  constructor(
    private readonly keys: VerificationKeys,
    private readonly options: JwtVerifierOptions,
    private readonly mapper: PrincipalMapper,
    private readonly clock: Clock,
  ) {
    super();
    this.verified = new VerifiedClaims(options.rememberedBytes);
    this.expected = {
      algorithms: [...options.algorithms],
      requiredClaims: ['exp', 'sub'],
      clockTolerance: options.clockSkewMs / 1000,
      ...(options.issuer !== undefined && { issuer: options.issuer }),
      ...(options.audience !== undefined && { audience: options.audience }),
    };
  }

  override async verify(token: string): Promise<Principal> {
    const now = this.clock.now();
    const claims = await this.claimsOf(token, now);
    return principalOfClaims(claims, this.mapper, now, this.options.clockSkewMs);
  }

  override health(): PartHealth {
    return this.keys.health?.() ?? 'ready';
  }

  private async claimsOf(token: string, now: number): Promise<JWTPayload> {
    const header = headerOf(token);
    const digest = this.verified.digestOf(token);
    const known = this.verified.find(digest, now);
    // The key may have been withdrawn since the token was verified.
    if (known && (await this.keys.candidates(header)).includes(known.key)) return known.claims;
    const { key, claims } = await this.verifiedBy(header, token, now);
    this.verified.add(digest, key, claims, now);
    return claims;
  }

  /** Checks algorithm, type and issuer first, so that tokens of other issuers never cause keys to be fetched. */
  private async verifiedBy(
    header: JWTHeaderParameters,
    token: string,
    now: number,
  ): Promise<{ key: VerificationKey; claims: JWTPayload }> {
    const { algorithms, issuer, type } = this.options;
    const { iss } = unverifiedClaimsOf(token);
    if (!algorithms.includes(header.alg as JwtAlgorithm)) throw new InvalidCredentialError('algorithm');
    checkType(header, type);
    if (issuer !== undefined && iss !== issuer) throw new InvalidCredentialError('issuer');
    const expected = { ...this.expected, currentDate: new Date(now) };
    for (const key of await this.keys.candidates(header)) {
      try {
        return { key, claims: (await jwtVerify(token, key, expected)).payload };
      } catch (error) {
        if (error instanceof errors.JWSSignatureVerificationFailed) continue;
        if (error instanceof errors.JOSEError) throw new InvalidCredentialError(error.code, { cause: error });
        throw error;
      }
    }
    throw new InvalidCredentialError('no key verifies the signature');
  }
}
