import { Injectable } from '@nestjs/common';

/**
 * Reads roles and scopes from the verified claims of a token. Replace this provider if your identity provider uses
 * other claims.
 *
 * @publicApi
 */
@Injectable()
export class PrincipalMapper {
  /**
   * Returns the roles of a principal. The default reads the list `roles`.
   *
   * @throws InvalidCredentialError to refuse the token; any other error is answered as `AUTH_UNAVAILABLE`
   */
  rolesOf(claims: Readonly<Record<string, unknown>>): readonly string[] {
    return this.listOf(claims['roles']);
  }

  /** Returns the scopes of a principal: the words of `scope` (RFC 8693 §4.2), or the list `scopes`. */
  scopesOf(claims: Readonly<Record<string, unknown>>): readonly string[] {
    const { scope } = claims;
    if (typeof scope === 'string') return scope.split(' ').filter((entry) => entry !== '');
    return this.listOf(claims['scopes']);
  }

  /** The strings of a list. Empty if the claim is not a list. */
  protected listOf(claim: unknown): readonly string[] {
    return Array.isArray(claim) ? claim.filter((entry): entry is string => typeof entry === 'string') : [];
  }
}
