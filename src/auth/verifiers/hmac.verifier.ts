import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../time/clock.js';
import type { Principal } from '../../connection/principal.js';
import type { HmacAlgorithm } from '../../options/jwt-algorithms.js';
import { principalOfClaims } from '../jwt-claims.js';
import type { PrincipalMapper } from '../principal-mapper.js';
import { TokenVerifier } from '../token-verifier.js';
import { checkAudience } from './expected-claims.js';
import { type JwtExpectations, readJwt, wrongSignature } from './jwt-expectations.js';

/** RFC 7518 §3.2. */
const HASHES: Readonly<Record<HmacAlgorithm, string>> = { HS256: 'sha256', HS384: 'sha384', HS512: 'sha512' };

/**
 * Verifies JWTs that are signed with a shared secret, by the same rules as those with public keys. It is synchronous,
 * because a hash takes less time than a switch to another thread. For the same reason it remembers no tokens: finding
 * one would need a hash too.
 */
export class HmacVerifier extends TokenVerifier {
  private readonly secrets: readonly KeyObject[];

  /** @param secrets the current secret, then the previous ones */
  constructor(
    secrets: readonly string[],
    private readonly options: JwtExpectations & { readonly algorithms: readonly HmacAlgorithm[] },
    private readonly mapper: PrincipalMapper,
    private readonly clock: Clock,
  ) {
    super();
    this.secrets = secrets.map((secret) => createSecretKey(Buffer.from(secret)));
  }

  override async verify(token: string): Promise<Principal> {
    return this.verifyNow(token);
  }

  override verifyNow(token: string): Principal {
    const { header, claims } = readJwt(token, this.options);
    // `readJwt()` accepts only the algorithms of the options.
    this.checkSignature(token, HASHES[header.alg as HmacAlgorithm]);
    checkAudience(claims, this.options);
    return principalOfClaims(claims, this.mapper, this.clock.now(), this.options.clockSkewMs);
  }

  /** @throws InvalidCredentialError if none of the secrets verifies the signature (RFC 7515 §5.2) */
  private checkSignature(token: string, hash: string): void {
    const end = token.lastIndexOf('.');
    const signed = token.slice(0, end);
    // Compared as text, so that a signature has only one spelling.
    const signature = Buffer.from(token.slice(end + 1), 'latin1');
    for (const secret of this.secrets) {
      const expected = Buffer.from(createHmac(hash, secret).update(signed).digest('base64url'), 'latin1');
      if (expected.length === signature.length && timingSafeEqual(expected, signature)) return;
    }
    throw wrongSignature();
  }
}
