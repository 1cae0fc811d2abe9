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
 * Gives each credential to the verifiers that are configured for its kind. Each of them checks everything by itself, so
 * that a second one opens no way around the first. Whether the sender may use the token is checked after all of them,
 * also where they remember a token.
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
    throw undecided ?? new InvalidCredentialError('nobody vouches for it');
  }

  /** An authorization server reads its JWTs too, as long as nobody here is meant to. */
  private responsible(token: string, kind: TokenKind): readonly TokenVerifier[] {
    const { jwt, introspection, apiKeys } = this.verifiers;
    if (kind === 'api-key') return apiKeys ? [apiKeys] : [];
    if (jwt.length > 0 && (!introspection || isJwt(token))) return jwt;
    return introspection ? [introspection] : [];
  }
}
