import type { Principal } from './principal.js';

const SESSION = 'session:';
const TOKEN = 'token:';

/** The revocation key of a user. The length separates issuer and id unambiguously. */
export function userKey(id: string, issuer: string | null): string {
  return issuer === null ? `user:${id}` : `user@${issuer.length}:${issuer}:${id}`;
}

export function sessionKey(sessionId: string): string {
  return SESSION + sessionId;
}

export function tokenKey(jti: string): string {
  return TOKEN + jti;
}

/** All revocation keys of a principal's credential. */
export function revocationKeysOf(principal: Principal): string[] {
  const { id, issuer, sessionId } = principal;
  const jti = tokenIdOf(principal);
  return [
    ...(id === null ? [] : [userKey(id, issuer)]),
    ...(sessionId === null ? [] : [sessionKey(sessionId)]),
    ...(jti === undefined ? [] : [tokenKey(jti)]),
  ];
}

/** The `jti` of the principal's token. */
export function tokenIdOf({ claims }: Principal): string | undefined {
  const jti = claims['jti'];
  return typeof jti === 'string' ? jti : undefined;
}

/** The session id in a revocation key, if it is the key of a session. */
export function sessionIdIn(key: string): string | undefined {
  return key.startsWith(SESSION) ? key.slice(SESSION.length) : undefined;
}

/** The token id in a revocation key, if it is the key of a token. */
export function tokenIdIn(key: string): string | undefined {
  return key.startsWith(TOKEN) ? key.slice(TOKEN.length) : undefined;
}

/** The issuer in a revocation key, if it is the key of a user with one. */
export function issuerIn(key: string): string | undefined {
  const [head, length] = /^user@(\d+):/.exec(key) ?? [];
  return head === undefined ? undefined : key.slice(head.length, head.length + Number(length));
}

/** The user id in a revocation key, without the issuer, if it is the key of a user. */
export function userIdIn(key: string): string | undefined {
  const [head, length] = /^user(?:@(\d+))?:/.exec(key) ?? [];
  if (head === undefined) return undefined;
  return key.slice(head.length + (length === undefined ? 0 : Number(length) + 1));
}
