import { errors, jwtVerify, type JWTPayload, type JWTVerifyOptions } from 'jose';
import type { Clock } from '../../connection/clock.js';
import type { Principal } from '../../connection/principal.js';
import { InvalidCredentialError } from '../../errors/invalid-credential.error.js';
import type { JwtAlgorithm } from '../../options/jwt-algorithms.js';
import { principalOfClaims } from '../jwt-claims.js';
import type { PrincipalMapper } from '../principal-mapper.js';
import { TokenVerifier } from '../token-verifier.js';
import { headerOf, unverifiedClaimsOf } from './token-shape.js';
import type { VerificationKeys } from './verification-keys.js';

export interface JwtVerifierOptions {
  algorithms: readonly JwtAlgorithm[];
  issuer?: string | undefined;
  audience?: string | undefined;
  /** The `typ` a token must have (RFC 8725 §3.11). */
  type?: string | undefined;
  clockSkewMs: number;
}

/** JWTs (RFC 7519) of one issuer, checked as RFC 8725 asks, wherever the keys come from. */
export class JwtVerifier extends TokenVerifier {
  private readonly expected: JWTVerifyOptions;

  constructor(
    private readonly keys: VerificationKeys,
    private readonly options: JwtVerifierOptions,
    private readonly mapper: PrincipalMapper,
    private readonly clock: Clock,
  ) {
    super();
    this.expected = {
      algorithms: [...options.algorithms],
      requiredClaims: ['exp', 'sub'],
      clockTolerance: options.clockSkewMs / 1000,
      ...(options.issuer !== undefined && { issuer: options.issuer }),
      ...(options.audience !== undefined && { audience: options.audience }),
      ...(options.type !== undefined && { typ: options.type }),
    };
  }

  override async verify(token: string): Promise<Principal> {
    const now = this.clock.now();
    const claims = await this.claimsOf(token, now);
    return principalOfClaims(claims, this.mapper, now, this.options.clockSkewMs);
  }

  /** The algorithm and the issuer are looked at first: what is not meant for these keys never makes them be fetched. */
  private async claimsOf(token: string, now: number): Promise<JWTPayload> {
    const header = headerOf(token);
    const claims = unverifiedClaimsOf(token);
    const { algorithms, issuer } = this.options;
    if (!algorithms.includes(header.alg as JwtAlgorithm)) throw new InvalidCredentialError('algorithm');
    if (issuer !== undefined && claims.iss !== issuer) throw new InvalidCredentialError('issuer');
    for (const key of await this.keys.candidates(header)) {
      try {
        const expected = { ...this.expected, currentDate: new Date(now) };
        return (await jwtVerify(token, key, expected)).payload;
      } catch (error) {
        if (error instanceof errors.JWSSignatureVerificationFailed) continue;
        if (error instanceof errors.JOSEError) throw new InvalidCredentialError(error.code, { cause: error });
        throw error;
      }
    }
    throw new InvalidCredentialError('no key verifies the signature');
  }
}
