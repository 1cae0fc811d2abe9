import { Inject, Injectable, Optional } from '@nestjs/common';
import type { ResolvedOptions } from '../options/options.schema.js';
import { SECURITY_OPTIONS } from '../options/options.token.js';
import { claimAt, stringsOf } from './claim-at.js';

/** The options that name the claims. */
type ClaimOptions = Partial<Pick<ResolvedOptions, 'jwtRolesClaim' | 'jwtScopesClaim'>>;

/**
 * Reads roles and scopes from the verified claims of a token. Replace this provider if the options `jwtRolesClaim` and
 * `jwtScopesClaim` cannot describe the claims of your identity provider.
 *
 * @publicApi
 */
@Injectable()
export class PrincipalMapper {
  // A property, so that subclasses can have their own constructor.
  @Optional()
  @Inject(SECURITY_OPTIONS)
  private readonly options: ClaimOptions = {};

  /**
   * Returns the roles of a principal: the list `roles`, or the strings and lists in the claims of `WS_JWT_ROLES_CLAIM`.
   *
   * @throws InvalidCredentialError to refuse the token; any other error is answered as `AUTH_UNAVAILABLE`
   */
  rolesOf(claims: Readonly<Record<string, unknown>>): readonly string[] {
    const { jwtRolesClaim } = this.options;
    return jwtRolesClaim ? stringsIn(claims, jwtRolesClaim) : this.listOf(claims['roles']);
  }

  /**
   * Returns the scopes of a principal: the words of `scope` (RFC 8693 §4.2) or the list `scopes`; or the words and lists
   * in the claims of `WS_JWT_SCOPES_CLAIM`.
   */
  scopesOf(claims: Readonly<Record<string, unknown>>): readonly string[] {
    const { jwtScopesClaim } = this.options;
    if (jwtScopesClaim) return unique(stringsIn(claims, jwtScopesClaim).flatMap(wordsOf));
    const { scope } = claims;
    if (typeof scope === 'string') return wordsOf(scope);
    return this.listOf(claims['scopes']);
  }

  /** The strings of a list. Empty if the claim is not a list. */
  protected listOf(claim: unknown): readonly string[] {
    return Array.isArray(claim) ? claim.filter((entry): entry is string => typeof entry === 'string') : [];
  }
}

function stringsIn(claims: Readonly<Record<string, unknown>>, names: readonly string[]): readonly string[] {
  return unique(names.flatMap((name) => stringsOf(claimAt(claims, name))));
}

function wordsOf(text: string): string[] {
  return text.split(' ').filter((entry) => entry !== '');
}

function unique(entries: readonly string[]): readonly string[] {
  return [...new Set(entries)];
}
