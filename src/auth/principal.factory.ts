import { Injectable } from '@nestjs/common';
import type { Principal } from '../connection/principal.js';
import type { ResolvedOptions } from '../options/options.schema.js';
import { InjectSecurityOptions } from '../options/options.token.js';
import { Clock } from '../time/clock.js';
import { principalOf } from './jwt-claims.js';
import { PrincipalMapper } from './principal-mapper.js';

/**
 * Creates principals from claims that the application itself has verified, for example in a Passport strategy. They
 * are the same principals as those of the tokens, so limits, revocations and rights apply to both.
 *
 * @publicApi
 */
@Injectable()
export class PrincipalFactory {
  constructor(
    private readonly mapper: PrincipalMapper,
    private readonly clock: Clock,
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
  ) {}

  /**
   * Reads `sub`, `iss`, `exp`, `iat`, `nbf`, `sid` or `jti`, and roles and scopes through the `PrincipalMapper`.
   *
   * @param claims verified claims, with times in seconds (RFC 7519 §4.1). `exp` is optional: without it the principal
   * does not expire
   * @throws InvalidCredentialError if `sub` is missing, a claim is malformed, or the claims have expired
   */
  fromClaims(claims: Readonly<Record<string, unknown>>): Principal {
    return principalOf(claims, this.mapper, this.clock.now(), this.options.jwtClockSkewMs);
  }
}
