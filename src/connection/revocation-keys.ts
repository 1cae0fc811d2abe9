import type { Principal } from './principal.js';

const SESSION = 'session:';
const TOKEN = 'token:';

/** What is revoked with a user. The length keeps issuer and id apart, whatever is in them. */
export function userKey(id: string, issuer: string | null): string {
  return issuer === null ? `user:${id}` : `user@${issuer.length}:${issuer}:${id}`;
}

export function sessionKey(sessionId: string): string {
  return SESSION + sessionId;
}

export function tokenKey(jti: string): string {
  return TOKEN + jti;
}

/** Every key under which the credential of a principal can be revoked. */
export function revocationKeysOf(principal: Principal): string[] {
  const { id, issuer, sessionId } = principal;
  const jti = tokenIdOf(principal);
  return [
    ...(id === null ? [] : [userKey(id, issuer)]),
    ...(sessionId === null ? [] : [sessionKey(sessionId)]),
    ...(jti === undefined ? [] : [tokenKey(jti)]),
  ];
}

/** The `jti` of the token that a principal came with. */
export function tokenIdOf({ claims }: Principal): string | undefined {
  const jti = claims['jti'];
  return typeof jti === 'string' ? jti : undefined;
}

/** The session that a key stands for, if it stands for one. */
export function sessionIdIn(key: string): string | undefined {
  return key.startsWith(SESSION) ? key.slice(SESSION.length) : undefined;
}

/** As {@link sessionIdIn}, of a token. */
export function tokenIdIn(key: string): string | undefined {
  return key.startsWith(TOKEN) ? key.slice(TOKEN.length) : undefined;
}

/** As {@link sessionIdIn}, of a user: the id, of whichever issuer. */
export function userIdIn(key: string): string | undefined {
  const [head, length] = /^user(?:@(\d+))?:/.exec(key) ?? [];
  if (head === undefined) return undefined;
  return key.slice(head.length + (length === undefined ? 0 : Number(length) + 1));
}
