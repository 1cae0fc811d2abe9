import { errors, jwtVerify, type JWTPayload, type JWTVerifyOptions } from 'jose';
import type { Clock } from '../connection/clock.js';
import type { Principal } from '../connection/principal.js';
import { InvalidCredentialError } from '../errors/invalid-credential.error.js';
import { principalOfClaims } from './jwt-claims.js';
import { TokenVerifier } from './token-verifier.js';

export interface JwtVerifierOptions {
  secret: string;
  issuer?: string | undefined;
  audience?: string | undefined;
  clockSkewMs: number;
}

/** JWTs signed with a shared secret (HS256, RFC 7515), checked as RFC 8725 asks. */
export class JwtVerifier extends TokenVerifier {
  private readonly key: Uint8Array;
  private readonly expected: JWTVerifyOptions;

  constructor(
    private readonly options: JwtVerifierOptions,
    private readonly clock: Clock,
  ) {
    super();
    this.key = new TextEncoder().encode(options.secret);
    this.expected = {
      algorithms: ['HS256'],
      requiredClaims: ['exp', 'sub'],
      clockTolerance: options.clockSkewMs / 1000,
      ...(options.issuer !== undefined && { issuer: options.issuer }),
      ...(options.audience !== undefined && { audience: options.audience }),
    };
  }

  override async verify(token: string): Promise<Principal> {
    const now = this.clock.now();
    return principalOfClaims(await this.claimsOf(token, now), now, this.options.clockSkewMs);
  }

  private async claimsOf(token: string, now: number): Promise<JWTPayload> {
    try {
      const verified = await jwtVerify(token, this.key, { ...this.expected, currentDate: new Date(now) });
      return verified.payload;
    } catch (error) {
      if (error instanceof errors.JOSEError) throw new InvalidCredentialError(error.code, { cause: error });
      throw error;
    }
  }
}
