import type { PartHealth } from '../../connection/part-health.js';
import type { Principal } from '../../connection/principal.js';
import type { SenderProof } from '../../connection/sender-proof.js';
import { lastRefusal, type VerifierName, type VerifierRefusal } from '../../errors/credential-check.js';
import { InvalidCredentialError } from '../../errors/invalid-credential.error.js';
import type { TokenKind } from '../credential.js';
import { checkSender } from '../sender-constraint.js';
import { TokenVerifier } from '../token-verifier.js';
import type { ApiKeyVerifier } from './api-key.verifier.js';
import type { IntrospectionVerifier } from './introspection.verifier.js';
import { isJwt } from './token-shape.js';

/** A verifier, and its name for the operator. */
export interface NamedVerifier<T extends TokenVerifier = TokenVerifier> {
  readonly name: VerifierName;
  readonly verifier: T;
}

export interface Verifiers {
  jwt: readonly NamedVerifier[];
  introspection: IntrospectionVerifier | undefined;
  apiKeys: ApiKeyVerifier | undefined;
}

/**
 * Passes each credential to the verifiers that are configured for its kind. Each verifier performs all checks, so an
 * additional verifier cannot weaken another one. The sender constraint is checked last, because verifiers cache
 * tokens.
 */
export class CompositeVerifier extends TokenVerifier {
  private readonly jwt: readonly NamedVerifier[];
  private readonly introspection: readonly NamedVerifier[];
  private readonly keys: readonly NamedVerifier[];
  readonly apiKeys: ApiKeyVerifier | undefined;

  constructor({ jwt, introspection, apiKeys }: Verifiers) {
    super();
    this.jwt = jwt;
    this.introspection = introspection ? [{ name: 'introspection', verifier: introspection }] : [];
    this.keys = apiKeys ? [{ name: 'api-keys', verifier: apiKeys }] : [];
    this.apiKeys = apiKeys;
  }

  override async verify(token: string, kind: TokenKind, proof?: SenderProof): Promise<Principal> {
    const errors: InvalidCredentialError[] = [];
    const refusals: VerifierRefusal[] = [];
    let undecided: unknown;
    for (const { name, verifier } of this.responsible(token, kind)) {
      try {
        const principal = await verifier.verify(token, kind);
        checkSender(principal, proof);
        return principal;
      } catch (error) {
        if (error instanceof InvalidCredentialError) {
          errors.push(error);
          refusals.push(refusalOf(name, error));
        } else undecided ??= error;
      }
    }
    throw undecided ?? refused(errors, refusals);
  }

  override verifyNow(token: string, kind: TokenKind, proof?: SenderProof): Principal | undefined {
    const [only, ...others] = this.responsible(token, kind);
    if (!only?.verifier.verifyNow || others.length > 0) return undefined;
    try {
      const principal = only.verifier.verifyNow(token, kind);
      if (principal) checkSender(principal, proof);
      return principal;
    } catch (error) {
      if (!(error instanceof InvalidCredentialError)) throw error;
      throw refused([error], [refusalOf(only.name, error)]);
    }
  }

  /** That of the worst one: tokens of its issuer are not accepted. */
  override health(): PartHealth {
    const all = this.jwt.map(({ verifier }) => verifier.health?.() ?? 'ready');
    return all.find((one) => one === 'unready') ?? all.find((one) => one === 'degraded') ?? 'ready';
  }

  /** All verifiers. */
  get all(): readonly NamedVerifier[] {
    return [...this.jwt, ...this.introspection, ...this.keys];
  }

  /** If no JWT verifier is configured, the authorization server also verifies JWTs. */
  private responsible(token: string, kind: TokenKind): readonly NamedVerifier[] {
    const { jwt, introspection } = this;
    if (kind === 'api-key') return this.keys;
    if (jwt.length > 0 && (introspection.length === 0 || isJwt(token))) return jwt;
    return introspection;
  }
}

function refusalOf(verifier: VerifierName, { check, expected }: InvalidCredentialError): VerifierRefusal {
  return { verifier, check, ...(expected !== undefined && { expected }) };
}

/** The error of all verifiers together. Its check is the one of the verifier that came furthest. */
function refused(
  errors: readonly InvalidCredentialError[],
  verifiers: readonly VerifierRefusal[],
): InvalidCredentialError {
  const last = lastRefusal(verifiers);
  if (!last)
    return new InvalidCredentialError('no verifier for this kind of credential', { check: 'no-verifier' });
  const { message, cause } = errors[verifiers.indexOf(last)] as InvalidCredentialError;
  const { check, expected } = last;
  return new InvalidCredentialError(message, { check, expected, verifiers, cause });
}
