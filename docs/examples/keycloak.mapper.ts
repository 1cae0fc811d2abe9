import { Injectable } from '@nestjs/common';
import { PrincipalMapper } from 'nestjs-ws-security';

/** Keycloak keeps the roles of a realm in a claim of its own. */
@Injectable()
export class KeycloakMapper extends PrincipalMapper {
  override rolesOf(claims: Readonly<Record<string, unknown>>): readonly string[] {
    const access = claims['realm_access'] as { roles?: unknown } | undefined;
    return this.listOf(access?.roles);
  }
}
