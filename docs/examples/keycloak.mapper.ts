import { Injectable } from '@nestjs/common';
import { PrincipalMapper } from 'nestjs-ws-security';

/** Reads roles from `realm_access`, where Keycloak puts the roles of a realm. */
@Injectable()
export class KeycloakMapper extends PrincipalMapper {
  override rolesOf(claims: Readonly<Record<string, unknown>>): readonly string[] {
    const access = claims['realm_access'] as { roles?: unknown } | undefined;
    return this.listOf(access?.roles);
  }
}
