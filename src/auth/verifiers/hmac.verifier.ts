import { createSecretKey } from 'node:crypto';
import type { JWTPayload } from 'jose';
import jwa from 'jwa';
import type { Clock } from '../../time/clock.js';
import type { Principal } from '../../connection/principal.js';
import type { HmacAlgorithm } from '../../options/jwt-algorithms.js';
import { principalOfClaims } from '../jwt-claims.js';
import type { PrincipalMapper } from '../principal-mapper.js';
import { TokenVerifier } from '../token-verifier.js';
import { checkAudience } from './expected-claims.js';
import { readJwt, wrongSignature } from './jwt-expectations.js';
import type { JwtVerifierOptions } from './jwt.verifier.js';
import { ReturningTokens } from './returning-tokens.js';
import { VerifiedClaims } from './verified-claims.js';

export type HmacVerifierOptions = Omit<JwtVerifierOptions, 'algorithms'> & {
  readonly algorithms: readonly HmacAlgorithm[];
};

/**
 * Verifies JWTs that are signed with a shared secret, by the same rules as those with public keys. It is synchronous,
 * because a hash takes less time than a switch to another thread. Tokens are cached when they come for the second time:
 * a search for all the others would cost as much as their verification.
 */
export class HmacVerifier extends TokenVerifier {
  /** Key objects; the types of `jwa` are narrower than what it accepts. */
  private readonly secrets: readonly string[];
  private readonly algorithms: ReadonlyMap<string, ReturnType<typeof jwa>>;
  private readonly returning = new ReturningTokens();
  private readonly verified: VerifiedClaims<null>;

  /** @param secrets the current secret, then the previous ones */
  constructor(
    secrets: readonly string[],
    private readonly options: HmacVerifierOptions,
    private readonly mapper: PrincipalMapper,
    private readonly clock: Clock,
  ) {
    super();
    this.verified = new VerifiedClaims(options.rememberedBytes);
    this.algorithms = new Map(options.algorithms.map((name) => [name, jwa(name)]));
    this.secrets = secrets.map((secret) => createSecretKey(Buffer.from(secret)) as unknown as string);
  }

  override async verify(token: string): Promise<Principal> {
    return this.verifyNow(token);
  }

  override verifyNow(token: string): Principal {
    const now = this.clock.now();
    const digest = this.returning.has(token) ? this.verified.digestOf(token) : undefined;
    const known = digest === undefined ? undefined : this.verified.find(digest, now);
    if (known) return this.principalOf(known.claims, now);
    const { header, claims } = readJwt(token, this.options);
    this.checkSignature(token, header.alg);
    checkAudience(claims, this.options);
    const principal = this.principalOf(claims, now);
    if (digest === undefined) this.returning.add(token);
    else this.verified.add(digest, null, claims, now);
    return principal;
  }

  private principalOf(claims: JWTPayload, now: number): Principal {
    return principalOfClaims(claims, this.mapper, now, this.options.clockSkewMs);
  }

  /** @throws InvalidCredentialError if none of the secrets verifies the signature (RFC 7515 §5.2) */
  private checkSignature(token: string, name: string): void {
    const end = token.lastIndexOf('.');
    const [input, signature] = [token.slice(0, end), token.slice(end + 1)];
    const algorithm = this.algorithms.get(name);
    if (!this.secrets.some((secret) => algorithm?.verify(input, signature, secret))) throw wrongSignature();
  }
}
