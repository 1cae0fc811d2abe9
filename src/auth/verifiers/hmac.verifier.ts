import { createSecretKey, type KeyObject } from 'node:crypto';
import { JwtService, type JwtVerifyOptions } from '@nestjs/jwt';
import type { JWTPayload } from 'jose';
import type { Clock } from '../../time/clock.js';
import type { Principal } from '../../connection/principal.js';
import { withoutStack } from '../../errors/without-stack.js';
import { principalOfClaims } from '../jwt-claims.js';
import type { PrincipalMapper } from '../principal-mapper.js';
import { TokenVerifier } from '../token-verifier.js';
import { checkAudience } from './expected-claims.js';
import { readJwt, wrongSignature } from './jwt-expectations.js';
import type { JwtVerifierOptions } from './jwt.verifier.js';
import { VerifiedClaims } from './verified-claims.js';

/**
 * Verifies JWTs that are signed with a shared secret, by the same rules as those with public keys. It is synchronous,
 * because a hash takes less time than a switch to another thread.
 */
export class HmacVerifier extends TokenVerifier {
  private readonly jwt = new JwtService({});
  private readonly secrets: readonly KeyObject[];
  private readonly verified: VerifiedClaims<KeyObject>;
  private readonly signatureOnly: JwtVerifyOptions;

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
    this.signatureOnly = {
      algorithms: [...options.algorithms] as JwtVerifyOptions['algorithms'] & object,
      // `principalOfClaims()` checks the times, also of tokens in the cache.
      ignoreExpiration: true,
      ignoreNotBefore: true,
    };
  }

  override async verify(token: string): Promise<Principal> {
    return this.verifyNow(token);
  }

  override verifyNow(token: string): Principal {
    const now = this.clock.now();
    const digest = this.verified.digestOf(token);
    const known = this.verified.find(digest, now);
    if (known) return this.principalOf(known.claims, now);
    const { claims } = readJwt(token, this.options);
    const key = this.signingKeyOf(token);
    checkAudience(claims, this.options);
    const principal = this.principalOf(claims, now);
    this.verified.add(digest, key, claims, now);
    return principal;
  }

  private principalOf(claims: JWTPayload, now: number): Principal {
    return principalOfClaims(claims, this.mapper, now, this.options.clockSkewMs);
  }

  /** @throws InvalidCredentialError if none of the secrets verifies the signature */
  private signingKeyOf(token: string): KeyObject {
    let cause: unknown;
    for (const key of this.secrets) {
      try {
        // A key object is accepted, although the declared type of the option is narrower.
        const secret = key as unknown as Buffer;
        withoutStack(() => this.jwt.verify<JWTPayload>(token, { ...this.signatureOnly, secret }));
        return key;
      } catch (error) {
        cause = error;
      }
    }
    throw wrongSignature(cause);
  }
}
