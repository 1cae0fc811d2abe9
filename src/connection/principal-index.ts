import { CompactIndex } from './compact-index.js';
import type { Principal } from './principal.js';
import { sessionIdIn, tokenIdIn, tokenIdOf, userIdIn, userKey } from './revocation-keys.js';

/** An indexed connection. */
interface Identified {
  readonly principal: Principal;
  readonly limitKey: string;
}

/** Finds connections by user, session, token and limit key, without a scan of all connections. */
export class PrincipalIndex<T extends Identified> {
  private readonly users = new CompactIndex<T>();
  private readonly sessions = new CompactIndex<T>();
  private readonly tokens = new CompactIndex<T>();
  private readonly limitKeys = new CompactIndex<T>();
  private known = 0;

  /** The number of keys of all kinds. */
  get size(): number {
    return this.users.size + this.sessions.size + this.tokens.size + this.limitKeys.size;
  }

  /** The number of distinct principals. */
  get principals(): number {
    return this.known;
  }

  add(connection: T): void {
    const { id, sessionId } = connection.principal;
    const jti = tokenIdOf(connection.principal);
    if (id !== null) this.users.add(id, connection);
    if (sessionId !== null) this.sessions.add(sessionId, connection);
    if (jti !== undefined) this.tokens.add(jti, connection);
    if (id !== null && !this.limitKeys.has(connection.limitKey)) this.known++;
    this.limitKeys.add(connection.limitKey, connection);
  }

  /** Call this before the principal changes. */
  delete(connection: T): void {
    const { id, sessionId } = connection.principal;
    const jti = tokenIdOf(connection.principal);
    if (id !== null) this.users.delete(id, connection);
    if (sessionId !== null) this.sessions.delete(sessionId, connection);
    if (jti !== undefined) this.tokens.delete(jti, connection);
    const isKnown = id !== null && this.limitKeys.has(connection.limitKey);
    this.limitKeys.delete(connection.limitKey, connection);
    if (isKnown && !this.limitKeys.has(connection.limitKey)) this.known--;
  }

  /** The connections of a user id, of any issuer. */
  ofUser(id: string): T[] {
    return this.users.get(id);
  }

  /** The connections with a limit key. */
  withLimitKey(key: string): T[] {
    return this.limitKeys.get(key);
  }

  /** The connections whose credentials match a revocation key. */
  withRevocationKey(key: string): T[] {
    const sessionId = sessionIdIn(key);
    if (sessionId !== undefined) return this.sessions.get(sessionId);
    const jti = tokenIdIn(key);
    if (jti !== undefined) return this.tokens.get(jti);
    const id = userIdIn(key);
    if (id === undefined) return [];
    return this.users.get(id).filter(({ principal }) => userKey(id, principal.issuer) === key);
  }
}
