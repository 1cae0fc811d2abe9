import type { PartHealth } from '../../connection/part-health.js';
import type { Principal } from '../../connection/principal.js';
import type { SenderProof } from '../../connection/sender-proof.js';
import { InvalidCredentialError } from '../../errors/invalid-credential.error.js';
import type { TokenKind } from '../credential.js';
import { checkSender } from '../sender-constraint.js';
import { TokenVerifier } from '../token-verifier.js';
import type { ApiKeyVerifier } from './api-key.verifier.js';
import type { IntrospectionVerifier } from './introspection.verifier.js';
import { isJwt } from './token-shape.js';

export interface Verifiers {
  jwt: readonly TokenVerifier[];
  introspection: IntrospectionVerifier | undefined;
  apiKeys: ApiKeyVerifier | undefined;
}

/**
 * Passes each credential to the verifiers that are configured for its kind. Each verifier performs all checks, so an
 * additional verifier cannot weaken another one. The sender constraint is checked last, because verifiers cache
 * tokens.
 */
export class CompositeVerifier extends TokenVerifier {
  constructor(private readonly verifiers: Verifiers) {
    super();
  }

  get apiKeys(): ApiKeyVerifier | undefined {
    return this.verifiers.apiKeys;
  }

  override async verify(token: string, kind: TokenKind, proof?: SenderProof): Promise<Principal> {
    const principal = await this.anyOf(this.responsible(token, kind), token, kind);
    checkSender(principal, proof);
    return principal;
  }

  override verifyNow(token: string, kind: TokenKind, proof?: SenderProof): Principal | undefined {
    const verifiers = this.responsible(token, kind);
    const principal = verifiers.length === 1 ? verifiers[0]?.verifyNow?.(token, kind) : undefined;
    if (principal) checkSender(principal, proof);
    return principal;
  }

  /** That of the worst one: tokens of its issuer are not accepted. */
  override health(): PartHealth {
    const all = this.verifiers.jwt.map((verifier) => verifier.health?.() ?? 'ready');
    return all.find((one) => one === 'unready') ?? all.find((one) => one === 'degraded') ?? 'ready';
  }

  private async anyOf(
    verifiers: readonly TokenVerifier[],
    token: string,
    kind: TokenKind,
  ): Promise<Principal> {
    let undecided: unknown;
    for (const verifier of verifiers) {
      try {
        return await verifier.verify(token, kind);
      } catch (error) {
        if (!(error instanceof InvalidCredentialError)) undecided ??= error;
      }
    }
    throw undecided ?? new InvalidCredentialError('no verifier accepts it');
  }

  /** If no JWT verifier is configured, the authorization server also verifies JWTs. */
  private responsible(token: string, kind: TokenKind): readonly TokenVerifier[] {
    const { jwt, introspection, apiKeys } = this.verifiers;
    if (kind === 'api-key') return apiKeys ? [apiKeys] : [];
    if (jwt.length > 0 && (!introspection || isJwt(token))) return jwt;
    return introspection ? [introspection] : [];
  }
}
