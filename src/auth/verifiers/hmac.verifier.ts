import { createSecretKey, type KeyObject } from 'node:crypto';
import { JwtService, type JwtVerifyOptions } from '@nestjs/jwt';
import type { JWTPayload } from 'jose';
import type { Clock } from '../../time/clock.js';
import type { Principal } from '../../connection/principal.js';
import { InvalidCredentialError } from '../../errors/invalid-credential.error.js';
import { withoutStack } from '../../errors/without-stack.js';
import type { JwtAlgorithm } from '../../options/jwt-algorithms.js';
import { principalOfClaims } from '../jwt-claims.js';
import type { PrincipalMapper } from '../principal-mapper.js';
import { TokenVerifier } from '../token-verifier.js';
import type { JwtVerifierOptions } from './jwt.verifier.js';
import { headerOf } from './token-shape.js';
import { checkType } from './token-type.js';
import { VerifiedClaims } from './verified-claims.js';

const WRONG_KEY = 'invalid signature';

/**
 * Verifies JWTs that are signed with a shared secret, by the same rules as those with public keys. It is synchronous,
 * because a hash takes less time than a switch to another thread.
 */
export class HmacVerifier extends TokenVerifier {
  private readonly jwt = new JwtService({});
  private readonly secrets: readonly KeyObject[];
  private readonly verified: VerifiedClaims<KeyObject>;

  /** @param secrets the current secret, then the previous ones */
  constructor(
    secrets: readonly string[],
    private readonly options: JwtVerifierOptions,
    private readonly mapper: PrincipalMapper,
    private readonly clock: Clock,
  ) {
    super();
    this.verified = new VerifiedClaims(options.rememberedBytes);
    this.secrets = secrets.map((secret) => createSecretKey(Buffer.from(secret)));
  }

  override async verify(token: string): Promise<Principal> {
    return this.verifyNow(token);
  }

  override verifyNow(token: string): Principal {
    const now = this.clock.now();
    const digest = this.verified.digestOf(token);
    const claims = this.verified.find(digest, now)?.claims ?? this.claimsOf(token, digest, now);
    return principalOfClaims(claims, this.mapper, now, this.options.clockSkewMs);
  }

  /** Checks signature, issuer, audience and times. The caller checks the required claims again. */
  private claimsOf(token: string, digest: string, now: number): JWTPayload {
    const { algorithms, issuer, audience, clockSkewMs } = this.options;
    this.checkHeader(token);
    const expected: JwtVerifyOptions = {
      algorithms: [...algorithms] as JwtVerifyOptions['algorithms'] & object,
      clockTimestamp: Math.floor(now / 1000),
      clockTolerance: Math.ceil(clockSkewMs / 1000),
      ...(issuer !== undefined && { issuer }),
      ...(audience !== undefined && { audience }),
    };
    for (const secret of this.secrets) {
      try {
        // A key object is accepted, although the declared type of the option is narrower.
        const claims = withoutStack(() =>
          this.jwt.verify<JWTPayload>(token, { ...expected, secret: secret as unknown as Buffer }),
        );
        this.verified.add(digest, secret, claims, now);
        return claims;
      } catch (error) {
        if ((error as Error).message !== WRONG_KEY)
          throw new InvalidCredentialError('not a valid JWT', { cause: error });
      }
    }
    throw new InvalidCredentialError('no key verifies the signature');
  }

  private checkHeader(token: string): void {
    const header = headerOf(token);
    const { algorithms, type } = this.options;
    if (!algorithms.includes(header.alg as JwtAlgorithm)) throw new InvalidCredentialError('algorithm');
    checkType(header, type);
  }
}
