import { Injectable } from '@nestjs/common';

/**
 * What the verified claims of a token say about rights. Bound to a provider, because every identity provider puts
 * them elsewhere.
 *
 * @publicApi
 */
@Injectable()
export class PrincipalMapper {
  /**
   * The roles of a principal: the list `roles` by default.
   *
   * @throws InvalidCredentialError to refuse the token; any other error means that it cannot be told
   */
  rolesOf(claims: Readonly<Record<string, unknown>>): readonly string[] {
    return this.listOf(claims['roles']);
  }

  /** As {@link rolesOf}, of scopes: the words of `scope` (RFC 8693 §4.2), else the list `scopes`. */
  scopesOf(claims: Readonly<Record<string, unknown>>): readonly string[] {
    const { scope } = claims;
    if (typeof scope === 'string') return scope.split(' ').filter((entry) => entry !== '');
    return this.listOf(claims['scopes']);
  }

  /** The strings of a list; none when a claim is no list. */
  protected listOf(claim: unknown): readonly string[] {
    return Array.isArray(claim) ? claim.filter((entry): entry is string => typeof entry === 'string') : [];
  }
}
