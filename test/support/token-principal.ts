import type { Principal } from 'nestjs-ws-security';

/** A principal that was authenticated by a token and has no rights. */
export function tokenPrincipal(id: string, expiresAt: number): Principal {
  return { id, issuer: null, kind: 'token', roles: [], scopes: [], claims: {}, expiresAt, sessionId: null };
}
