import type { Connection } from './connection.js';
import { IndexByKey } from './index-by-key.js';
import { sessionIdIn, tokenIdIn, tokenIdOf, userIdIn, userKey } from './revocation-keys.js';

/** Finds connections by what their principals are, so that the end of one user or session looks at no others. */
export class PrincipalIndex {
  private readonly users = new IndexByKey<Connection>();
  private readonly sessions = new IndexByKey<Connection>();
  private readonly tokens = new IndexByKey<Connection>();
  private readonly limitKeys = new IndexByKey<Connection>();

  add(connection: Connection): void {
    const { id, sessionId } = connection.principal;
    const jti = tokenIdOf(connection.principal);
    if (id !== null) this.users.add(id, connection);
    if (sessionId !== null) this.sessions.add(sessionId, connection);
    if (jti !== undefined) this.tokens.add(jti, connection);
    this.limitKeys.add(connection.limitKey, connection);
  }

  /** To be called before its principal changes. */
  delete(connection: Connection): void {
    const { id, sessionId } = connection.principal;
    const jti = tokenIdOf(connection.principal);
    if (id !== null) this.users.delete(id, connection);
    if (sessionId !== null) this.sessions.delete(sessionId, connection);
    if (jti !== undefined) this.tokens.delete(jti, connection);
    this.limitKeys.delete(connection.limitKey, connection);
  }

  /** The connections with an id, of any issuer. */
  ofUser(id: string): Connection[] {
    return this.users.get(id);
  }

  /** The connections whose limits are counted on a key. */
  withLimitKey(key: string): Connection[] {
    return this.limitKeys.get(key);
  }

  /** The connections that a key of revocations stands for. */
  withRevocationKey(key: string): Connection[] {
    const sessionId = sessionIdIn(key);
    if (sessionId !== undefined) return this.sessions.get(sessionId);
    const jti = tokenIdIn(key);
    if (jti !== undefined) return this.tokens.get(jti);
    const id = userIdIn(key);
    if (id === undefined) return [];
    return this.users.get(id).filter(({ principal }) => userKey(id, principal.issuer) === key);
  }
}
